import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { DeviceSocket } from '../bridge/connection/deviceSocket.ts';
import { FRAMES } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { WINDOW_BYTES } from './window.ts';

/** A device's socket in a worker: what it reads goes to the bridge, what the bridge writes goes to it. */
export class CarriedConnection {
  readonly #number: number;
  readonly #socket: DeviceSocket;
  readonly #outbox: Outbox;
  /** Sent to the bridge and not taken there. */
  #waitingBytes = 0;
  #isPaused = false;
  /** Given to the socket, and told to the bridge as taken. */
  #givenBytes = 0;
  #toldBytes = 0;
  #error: Error | undefined = undefined;
  readonly #onWritten = (): void => this.#tellWritten();

  constructor(number: number, socket: DeviceSocket, outbox: Outbox) {
    this.#number = number;
    this.#socket = socket;
    this.#outbox = outbox;
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    socket.on('end', () => outbox.send(FRAMES.ENDED, number));
    socket.on('error', (error) => (this.#error = error));
    socket.on('close', () => outbox.send(FRAMES.CLOSED, number, utf8Encode(this.#error?.message ?? '')));
  }

  /** @param bytes may be kept until they have left */
  write(bytes: Uint8Array): void {
    if (this.#socket.destroyed) return;
    this.#givenBytes += bytes.length;
    this.#socket.write(bytes, this.#onWritten);
  }

  /** The bridge has read so much. */
  taken(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (!this.#isPaused || this.#waitingBytes >= WINDOW_BYTES) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    this.#waitingBytes += chunk.length;
    this.#outbox.send(FRAMES.DATA, this.#number, chunk);
    if (this.#isPaused || this.#waitingBytes < WINDOW_BYTES) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #tellWritten(): void {
    const leftBytes = this.#givenBytes - this.#socket.writableLength;
    if (leftBytes > this.#toldBytes) this.#outbox.sendTaken(this.#number, leftBytes - this.#toldBytes);
    this.#toldBytes = leftBytes;
  }
}
