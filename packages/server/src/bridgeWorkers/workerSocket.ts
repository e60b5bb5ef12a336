import { EventEmitter } from 'node:events';
import type { DeviceSocket, DeviceSocketEvents } from '../bridge/connection/deviceSocket.ts';
import type { TlsExporter } from '../bridge/hooks.ts';
import { FRAMES } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { TELL_TAKEN_BYTES } from './window.ts';

/** A write whose bytes have not left. */
interface Write {
  readonly endsAt: number;
  readonly written: () => void;
}

/** A connection that a worker carries, as the bridge sees it: like a socket of Node. */
export class WorkerSocket extends EventEmitter<DeviceSocketEvents> implements DeviceSocket {
  readonly tlsExporter: TlsExporter | undefined;
  readonly #connection: number;
  readonly #outbox: Outbox;
  /** What came while nobody wanted it. Bounded by the window. */
  readonly #held: Uint8Array[] = [];
  #isPaused = false;
  /** The device has said its last word, and nobody has been told. */
  #endWaits = false;
  #isDestroyed = false;
  #isClosed = false;
  /** Read here and not told to the worker. */
  #takenBytes = 0;
  readonly #writes: Write[] = [];
  #writtenBytes = 0;
  #leftBytes = 0;

  constructor(connection: number, outbox: Outbox, tlsExporter: TlsExporter | undefined) {
    super();
    this.#connection = connection;
    this.#outbox = outbox;
    this.tlsExporter = tlsExporter;
  }

  get destroyed(): boolean {
    return this.#isDestroyed;
  }

  get writableLength(): number {
    return this.#writtenBytes - this.#leftBytes;
  }

  write(bytes: Uint8Array, written: () => void): void {
    if (this.#isDestroyed) return;
    this.#writtenBytes += bytes.length;
    this.#writes.push({ endsAt: this.#writtenBytes, written });
    this.#outbox.send(FRAMES.DATA, this.#connection, bytes);
  }

  end(): void {
    if (!this.#isDestroyed) this.#outbox.send(FRAMES.ENDED, this.#connection);
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#held.length = 0;
    this.#outbox.send(FRAMES.CLOSED, this.#connection);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // As with Node's sockets, nothing comes before the caller has gone on.
    if (this.#held.length > 0 || this.#endWaits) queueMicrotask(() => this.#giveHeld());
  }

  /** Bytes of the device; the view is valid during the call only. */
  received(chunk: Uint8Array): void {
    if (this.#isDestroyed) return;
    // A copy: what the reader keeps of a chunk must not keep the whole batch, which others share.
    const own = chunk.slice();
    if (this.#isPaused || this.#held.length > 0) this.#held.push(own);
    else this.#give(own);
  }

  /** The device has said its last word. */
  ended(): void {
    this.#endWaits = true;
    if (!this.#isPaused && this.#held.length === 0) this.#giveEnd();
  }

  /** The device's socket has taken bytes. */
  taken(bytes: number): void {
    this.#leftBytes += bytes;
    let done = 0;
    for (const { endsAt, written } of this.#writes) {
      if (endsAt > this.#leftBytes) break;
      done++;
      written();
    }
    // As a rule all have left, which costs no copy of the rest.
    if (done === this.#writes.length) this.#writes.length = 0;
    else this.#writes.splice(0, done);
  }

  /** The connection is no more. */
  closed(error: Error | undefined): void {
    if (this.#isClosed) return;
    // As with Node's sockets, what fails after its destruction fails unheard: perhaps nobody listens any more.
    const isHeard = !this.#isDestroyed;
    this.#isClosed = true;
    this.#isDestroyed = true;
    if (error !== undefined && isHeard) this.emit('error', error);
    this.emit('close');
  }

  #give(chunk: Uint8Array): void {
    this.#takenBytes += chunk.length;
    if (this.#takenBytes >= TELL_TAKEN_BYTES) {
      this.#outbox.sendTaken(this.#connection, this.#takenBytes);
      this.#takenBytes = 0;
    }
    this.emit('data', chunk);
  }

  #giveHeld(): void {
    while (!this.#isPaused && !this.#isDestroyed) {
      const chunk = this.#held.shift();
      if (chunk === undefined) {
        if (this.#endWaits) this.#giveEnd();
        return;
      }
      this.#give(chunk);
    }
  }

  #giveEnd(): void {
    this.#endWaits = false;
    this.emit('end');
  }
}
