import type { Clock, Timer } from '@mkiot/core/clock/clock';

/** A connection before it is anybody's. */
interface ArrivingSocket {
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
}

interface Handshake {
  readonly socket: ArrivingSocket;
  readonly remoteAddress: string;
  readonly acceptedAtMs: number;
}

/**
 * The connections that have no TLS yet. Each is cut after `limitMs`, on our clock: Node's own limit knows only the
 * machine's, and it would start the time for the login anew.
 *
 * @typeParam Key by what a connection is known again when it has TLS
 */
export class Handshakes<Key> {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #abandoned: (remoteAddress: string) => void;
  /** In the order of arrival, so that the first is the next to be cut. */
  readonly #waiting = new Map<Key, Handshake>();
  #timer: Timer | undefined = undefined;

  /** @param abandoned told of each that ends without TLS, until they are closed */
  constructor(clock: Clock, limitMs: number, abandoned: (remoteAddress: string) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#abandoned = abandoned;
  }

  begun(key: Key, socket: ArrivingSocket, remoteAddress: string): void {
    this.#waiting.set(key, { socket, remoteAddress, acceptedAtMs: this.#clock.monotonic() });
    socket.on('close', () => {
      if (this.#waiting.get(key)?.socket === socket) this.#end(key, remoteAddress);
    });
    this.#timer ??= this.#clock.setTimer(this.#limitMs, () => this.#cutLate());
  }

  /** @returns when the connection was accepted, or `undefined` if it is gone */
  done(key: Key): number | undefined {
    const handshake = this.#waiting.get(key);
    this.#waiting.delete(key);
    return handshake?.acceptedAtMs;
  }

  /** Cuts all. */
  close(): void {
    this.#timer?.cancel();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { socket } of waiting) socket.destroy();
  }

  #cutLate(): void {
    const nowMs = this.#clock.monotonic();
    this.#timer = undefined;
    for (const [key, { socket, remoteAddress, acceptedAtMs }] of this.#waiting) {
      const leftMs = acceptedAtMs + this.#limitMs - nowMs;
      if (leftMs > 0) {
        this.#timer = this.#clock.setTimer(leftMs, () => this.#cutLate());
        return;
      }
      this.#end(key, remoteAddress);
      socket.destroy();
    }
  }

  #end(key: Key, remoteAddress: string): void {
    this.#waiting.delete(key);
    this.#abandoned(remoteAddress);
  }
}
