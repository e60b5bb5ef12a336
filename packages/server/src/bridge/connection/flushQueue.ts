/** What holds bytes back until the end of the turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Calls `flush` of everything that was added during a turn of the event loop at its end, once each: so the PUBACKs that
 * one commit releases for a connection leave in one write, and a SUBACK in one with the config behind it.
 */
export class FlushQueue {
  #waiting: Flushable[] = [];
  readonly #run = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const flushable of waiting) flushable.flush();
  };

  /** The caller adds itself at most once before it is flushed. */
  add(flushable: Flushable): void {
    if (this.#waiting.push(flushable) === 1) queueMicrotask(this.#run);
  }
}
