import type { Socket } from 'node:net';

/**
 * How many TLS handshakes begin in a turn of the event loop. Each keeps a core busy for about a millisecond in all, so a
 * turn stays short for the sessions that are open.
 */
const BEGUN_A_TURN = 16;

/**
 * TCP connections that wait for their turn to begin TLS, in the order in which they came. When thousands of devices come
 * back at once, those that have begun are soon done, and the others cost nothing while they wait; begun all together,
 * all would take as long as the last of them, and be cut for it. A turn goes by whatever the other side does, so who is
 * silent keeps nobody waiting.
 */
export class Arrivals {
  readonly #begin: (socket: Socket) => void;
  #waiting: Socket[] = [];
  #isScheduled = false;

  /** @param begin handed each connection at its turn; it may have ended meanwhile */
  constructor(begin: (socket: Socket) => void) {
    this.#begin = begin;
  }

  /** @param socket paused: what it has to say is for TLS */
  add(socket: Socket): void {
    this.#waiting.push(socket);
    this.#schedule();
  }

  /** Cuts all. */
  close(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) socket.destroy();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      for (const socket of this.#waiting.splice(0, BEGUN_A_TURN)) this.#begin(socket);
      this.#schedule();
    });
  }
}
