/** Whoever comes back later than this asks again anyway. */
const LONGEST_MS = 600_000;

/**
 * Tells those who met a quota when to come back: each at a time of their own, as fast after each other as the quota lets
 * them in. All at the same time, they would meet it again.
 */
export class Turns {
  readonly #apartMs: number;
  #nextAtMs = 0;

  constructor(limit: number, periodMs: number) {
    this.#apartMs = periodMs / limit;
  }

  /** In how many whole seconds, at least one. @param nowMs monotonic */
  next(nowMs: number): number {
    this.#nextAtMs = Math.min(Math.max(this.#nextAtMs, nowMs) + this.#apartMs, nowMs + LONGEST_MS);
    // Whole milliseconds first: 60,000.00000001 of them are no 61 seconds.
    return Math.max(1, Math.ceil(Math.round(this.#nextAtMs - nowMs) / 1_000));
  }
}
