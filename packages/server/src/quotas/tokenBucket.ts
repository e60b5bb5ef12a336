/**
 * A rate with a burst: what is taken comes back evenly, all of it within a period. Two numbers and no timer, so that one can
 * be kept for each device; a call allocates nothing.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #atMs: number;

  /** @param nowMs monotonic, as in every call */
  constructor(capacity: number, periodMs: number, nowMs: number) {
    this.#capacity = capacity;
    this.#perMs = capacity / periodMs;
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** Takes `count`, or nothing. What is more than the whole bucket is lent to a full one: else it could never pass. */
  take(count: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < Math.min(count, this.#capacity)) return false;
    this.#tokens -= count;
    return true;
  }

  /** Whether it is as good as a new one. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.#capacity;
  }

  #refill(nowMs: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
