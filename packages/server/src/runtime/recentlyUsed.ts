/** A map of at most `capacity` entries: when it is full, the one that was not used for longest goes. */
export class RecentlyUsed<Key, Value> {
  readonly #capacity: number;
  /** Least lately used first: a Map keeps the order of insertion. */
  readonly #entries = new Map<Key, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** All of them, without using any. */
  entries(): Iterable<readonly [Key, Value]> {
    return this.#entries;
  }
}
