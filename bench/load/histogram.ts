const BUCKETS_PER_MS = 100;
const LONGEST_MS = 10_000;

/** Times in steps of 10 µs, without an object a time. What is longer than ten seconds counts as ten seconds. */
export class Histogram {
  readonly #counts = new Uint32Array(LONGEST_MS * BUCKETS_PER_MS + 1);
  #total = 0;

  add(ms: number): void {
    const bucket = Math.min(Math.max(0, Math.floor(ms * BUCKETS_PER_MS)), LONGEST_MS * BUCKETS_PER_MS);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#total++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  get count(): number {
    return this.#total;
  }

  /** The time that a `share` of all times does not exceed, within 10 µs; NaN when there is none. */
  quantile(share: number): number {
    let below = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      below += count;
      if (count > 0 && below >= share * this.#total) return (bucket + 1) / BUCKETS_PER_MS;
    }
    return Number.NaN;
  }
}
