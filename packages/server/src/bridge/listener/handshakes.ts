import type { Timer } from '@mkiot/core/clock/clock';
import { withoutIpv4Mapping } from '../../runtime/ipAddress.ts';
import { DEFAULT_HANDSHAKE_MS, type ListenerOptions } from './deviceListener.ts';

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

export type HandshakeOptions<Socket> = Pick<ListenerOptions<Socket>, 'clock' | 'handshakeMs' | 'watch' | 'accept'>;

/**
 * The connections of a listener that have no TLS yet: whether they are let in, and how long they may take. Each is cut on our
 * clock: Node's own limit knows only the machine's, and it would start the time for the login anew.
 *
 * @typeParam Key by what a connection is known again when it has TLS
 */
export class Handshakes<Key, Socket extends { destroy(): unknown }> {
  readonly #options: HandshakeOptions<Socket>;
  readonly #limitMs: number;
  /** In the order of arrival, so that the first is the next to be cut. */
  readonly #waiting = new Map<Key, Handshake>();
  #timer: Timer | undefined = undefined;

  constructor(options: HandshakeOptions<Socket>) {
    this.#options = options;
    this.#limitMs = options.handshakeMs ?? DEFAULT_HANDSHAKE_MS;
  }

  /** @param remoteAddress undefined: the other side has gone already */
  admits(remoteAddress: string | undefined): boolean {
    const { watch } = this.#options;
    return remoteAddress !== undefined && watch?.admits(withoutIpv4Mapping(remoteAddress)) !== false;
  }

  /** A connection that was let in begins. */
  begun(key: Key, socket: ArrivingSocket, remoteAddress: string): void {
    const { clock } = this.#options;
    const address = withoutIpv4Mapping(remoteAddress);
    this.#waiting.set(key, { socket, remoteAddress: address, acceptedAtMs: clock.monotonic() });
    socket.on('close', () => {
      if (this.#waiting.get(key)?.socket === socket) this.#abandoned(key, address);
    });
    this.#timer ??= clock.setTimer(this.#limitMs, () => this.#cutLate());
  }

  /** It has TLS, as `socket`: handed on, unless it is gone or came too late. */
  secured(key: Key, socket: Socket): void {
    const handshake = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (handshake === undefined) socket.destroy();
    else this.#options.accept(socket, handshake.remoteAddress, handshake.acceptedAtMs);
  }

  /** Cuts all. */
  close(): void {
    this.#timer?.cancel();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { socket } of waiting) socket.destroy();
  }

  #cutLate(): void {
    const { clock } = this.#options;
    const nowMs = clock.monotonic();
    this.#timer = undefined;
    for (const [key, { socket, remoteAddress, acceptedAtMs }] of this.#waiting) {
      const leftMs = acceptedAtMs + this.#limitMs - nowMs;
      if (leftMs > 0) {
        this.#timer = clock.setTimer(leftMs, () => this.#cutLate());
        return;
      }
      this.#abandoned(key, remoteAddress);
      socket.destroy();
    }
  }

  #abandoned(key: Key, remoteAddress: string): void {
    this.#waiting.delete(key);
    this.#options.watch?.abandoned(remoteAddress);
  }
}
