import type { Clock, Timer } from '@mkiot/core/clock/clock';

/** What is known of a connection before it is anybody's. */
interface ArrivingSocket {
  /** Undefined when the other side has gone. */
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
}

interface Handshake {
  readonly socket: ArrivingSocket;
  readonly remoteAddress: string;
  readonly acceptedAtMs: number;
}

/**
 * The TCP connections that have no TLS yet. Each is cut after `limitMs`, on our clock: Node's own limit knows only the
 * machine's, and it would start the time for the login anew.
 */
export class Handshakes {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #abandoned: (remoteAddress: string) => void;
  /** By address and port of the other side, in the order of arrival, so that the first is the next to be cut. */
  readonly #waiting = new Map<string, Handshake>();
  #timer: Timer | undefined = undefined;

  /** @param abandoned told of each that ends without TLS, until they are closed */
  constructor(clock: Clock, limitMs: number, abandoned: (remoteAddress: string) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#abandoned = abandoned;
  }

  begun(socket: ArrivingSocket): void {
    const end = otherEnd(socket);
    const { remoteAddress } = socket;
    if (end === undefined || remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    this.#waiting.set(end, { socket, remoteAddress, acceptedAtMs: this.#clock.monotonic() });
    socket.on('close', () => {
      if (this.#waiting.get(end)?.socket === socket) this.#end(end, remoteAddress);
    });
    this.#timer ??= this.#clock.setTimer(this.#limitMs, () => this.#cutLate());
  }

  /** @returns when the TCP connection under `socket` was accepted, or `undefined` if it is gone */
  done(socket: ArrivingSocket): number | undefined {
    const end = otherEnd(socket);
    if (end === undefined) return undefined;
    const handshake = this.#waiting.get(end);
    this.#waiting.delete(end);
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
    for (const [end, { socket, remoteAddress, acceptedAtMs }] of this.#waiting) {
      const leftMs = acceptedAtMs + this.#limitMs - nowMs;
      if (leftMs > 0) {
        this.#timer = this.#clock.setTimer(leftMs, () => this.#cutLate());
        return;
      }
      this.#end(end, remoteAddress);
      socket.destroy();
    }
  }

  #end(end: string, remoteAddress: string): void {
    this.#waiting.delete(end);
    this.#abandoned(remoteAddress);
  }
}

/** On Node the TLS socket has the same as the TCP socket under it. `undefined` when the other side has gone already. */
function otherEnd({ remoteAddress, remotePort }: ArrivingSocket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}
