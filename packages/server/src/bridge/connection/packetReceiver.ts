import type { Packet } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { DeviceSocket } from './deviceSocket.ts';

/** Who gets the packets of a {@link PacketReceiver}. */
export interface PacketConsumer {
  /** Whether the next packet may come now. When not, the consumer will call `resume` of the receiver at its time. */
  mayContinue(): boolean;
  handle(packet: Packet): void;
  /** The bytes are no MQTT, or `handle` has thrown. Nothing comes after it. */
  failed(error: unknown): void;
  /** The other side has said its last word, and it has been handled. */
  ended(): void;
}

/**
 * Reads a socket packet by packet. What the consumer does not want yet stays in the socket, but for one chunk. The end
 * of the socket waits behind that chunk, so the socket has to allow being half open.
 */
export class PacketReceiver {
  readonly #socket: DeviceSocket;
  readonly #consumer: PacketConsumer;
  readonly #parser: PacketParser;
  #isPulling = false;
  #isStopped = false;
  #isDiscarding = false;
  #hasEnded = false;

  constructor(socket: DeviceSocket, consumer: PacketConsumer, maxPacketBytes: number) {
    this.#socket = socket;
    this.#consumer = consumer;
    this.#parser = new PacketParser({ from: 'CLIENT', maxPacketBytes });
    socket.on('data', (chunk: Uint8Array) => {
      if (this.#isDiscarding) return;
      this.#parser.push(chunk);
      this.resume();
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      this.resume();
    });
  }

  /** Whether packets wait for the consumer: the silence is ours then, not the device's. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  set maxPacketBytes(bytes: number) {
    this.#parser.maxPacketBytes = bytes;
  }

  /** Goes on where the consumer has stopped. */
  resume(): void {
    if (this.#isPulling || this.#isDiscarding) return;
    this.#isPulling = true;
    try {
      this.#pull();
    } catch (error) {
      this.#consumer.failed(error);
    } finally {
      this.#isPulling = false;
    }
    if (this.#isDiscarding) return;
    if (this.#isStopped) this.#socket.pause();
    else if (this.#hasEnded) this.#consumer.ended();
    else this.#socket.resume();
  }

  /**
   * Reads on and forgets it all: a socket closed with unread bytes is reset, and a reset can overtake the CONNACK that
   * says why.
   */
  discard(): void {
    this.#isDiscarding = true;
    this.#isStopped = false;
    this.#socket.resume();
  }

  #pull(): void {
    for (;;) {
      this.#isStopped = !this.#consumer.mayContinue();
      if (this.#isStopped) return;
      const packet = this.#parser.next();
      if (packet === undefined) return;
      this.#consumer.handle(packet);
      if (this.#isDiscarding) return;
    }
  }
}
