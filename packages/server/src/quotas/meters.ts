import { TokenBucket } from './tokenBucket.ts';

const SWEEP_AT_LEAST = 1_000;

/** A bucket for each of many, made when it is needed. One that is full again is forgotten: it is as good as none. */
export class Meters<Key> {
  readonly #capacity: number;
  readonly #periodMs: number;
  readonly #buckets = new Map<Key, TokenBucket>();
  #sweepAtSize = SWEEP_AT_LEAST;

  constructor(capacity: number, periodMs: number) {
    this.#capacity = capacity;
    this.#periodMs = periodMs;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes `count` of what `key` may use, or nothing. */
  take(key: Key, count: number, nowMs: number): boolean {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#sweepAtSize) this.#sweep(nowMs);
      bucket = new TokenBucket(this.#capacity, this.#periodMs, nowMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(count, nowMs);
  }

  /** What is left doubles before the next sweep, so that a sweep costs each newcomer the same. */
  #sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    this.#sweepAtSize = Math.max(SWEEP_AT_LEAST, this.#buckets.size * 2);
  }
}
