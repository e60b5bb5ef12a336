import type { ByteStream, OpenStream } from '@mkiot/board/device/connection/byteStream';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Duplex } from 'node:stream';
import { BRIDGE_ID, type VirtualPlatform } from './virtualPlatform.ts';

/** A connection that dies lives at most so long. */
const LONGEST_MS = 120_000;
/** In each direction it may swallow everything from here on: a login takes fewer bytes, a session more. */
const MOST_BYTES = 4_000;

/**
 * The way from devices to a platform. While it is unreliable, each connection dies at a moment that nobody can foresee,
 * and before that either direction may lose everything: a CONNACK, a ticket, a PUBACK.
 */
export class UnreliableNetwork {
  isReliable = false;
  /** Connections that have lost something. */
  losses = 0;
  readonly #platform: VirtualPlatform;
  readonly #random: RandomFill;

  constructor(platform: VirtualPlatform, random: RandomFill) {
    this.#platform = platform;
    this.#random = random;
  }

  readonly openStream: OpenStream = async () => {
    if (!this.#platform.isUp) throw new Error('connection refused');
    const [near, far] = this.#platform.connect();
    const cut = (): void => [near, far].forEach((end) => end.destroy());
    if (!this.isReliable) this.#platform.clock.setTimer(this.#below(LONGEST_MS), cut);
    return this.#streamOver(near);
  };

  /** A whole number from 0 up to and without `limit`. */
  #below(limit: number): number {
    const [high = 0, low = 0] = this.#random(new Uint8Array(2));
    return Math.floor(((high * 256 + low) / 65_536) * limit);
  }

  #streamOver(socket: Duplex): ByteStream {
    const [up, down] = [this.#capacity(), this.#capacity()];
    const passes = (direction: { left: number }, bytes: number): boolean => {
      if (direction.left > 0 && direction.left <= bytes) this.losses++;
      direction.left -= bytes;
      return direction.left > 0;
    };
    async function* received(): AsyncGenerator<Uint8Array> {
      for await (const chunk of socket as AsyncIterable<Uint8Array>) {
        if (passes(down, chunk.length)) yield new Uint8Array(chunk);
      }
    }
    return {
      chunks: received(),
      binding: { bridgeId: BRIDGE_ID, exporter: undefined },
      async write(bytes) {
        if (passes(up, bytes.length) && socket.writable) socket.write(bytes);
      },
      close: () => void socket.end(),
    };
  }

  #capacity(): { left: number } {
    const losesNothing = this.isReliable || this.#below(2) === 0;
    return { left: losesNothing ? Number.POSITIVE_INFINITY : 1 + this.#below(MOST_BYTES) };
  }
}
