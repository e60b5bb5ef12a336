import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { setImmediate } from 'node:timers/promises';

export interface WriteBehindOptions<Facts extends object> {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Stores what is new of each key. Rejects when none of it could be stored. */
  readonly write: (batch: ReadonlyMap<number, Partial<Facts>>) => Promise<void>;
  /** Told why a batch could not be stored; it is kept for the next one. */
  readonly onFailed: (error: unknown) => void;
}

/** A write of so many takes some five milliseconds. */
const KEYS_A_WRITE = 1_000;

/**
 * Facts about many keys that change too often to be written at each change: the newest of each is kept in memory, and all
 * are written together every few seconds. A power cut loses what was not yet written.
 */
export class WriteBehind<Facts extends object> {
  readonly #options: WriteBehindOptions<Facts>;
  readonly #unwritten = new Map<number, Partial<Facts>>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: WriteBehindOptions<Facts>) {
    this.#options = options;
  }

  /** Takes the place of what was noted before. Costs no disk access. */
  note<Name extends keyof Facts>(key: number, name: Name, fact: Facts[Name]): void {
    let facts = this.#unwritten.get(key);
    if (facts === undefined) this.#unwritten.set(key, (facts = {}));
    facts[name] = fact;
    this.#setTimer();
  }

  /** What is not written yet, now: what is noted later changes it. */
  unwritten(key: number): Readonly<Partial<Facts>> {
    const nothing: Partial<Facts> = {};
    return this.#unwritten.get(key) ?? nothing;
  }

  /**
   * What is stored and what is not yet, put together: `read` may take as long as it likes.
   *
   * @param read the stored facts of the keys
   * @param merge of two facts of one key the one that holds
   */
  async readThrough(
    keys: readonly number[],
    read: (keys: readonly number[]) => Promise<ReadonlyMap<number, Partial<Facts>>>,
    merge: (stored: Partial<Facts>, unwritten: Partial<Facts>) => Partial<Facts>,
  ): Promise<ReadonlyMap<number, Partial<Facts>>> {
    // Taken before and after the query: a batch may move to the database while it runs.
    const before = this.#copyOf(keys);
    const stored = await read(keys);
    return new Map(
      keys.map((key) => {
        const earlier = merge(stored.get(key) ?? {}, before.get(key) ?? {});
        return [key, merge(earlier, this.unwritten(key))];
      }),
    );
  }

  /** Writes what waits. Does not reject: what cannot be written waits on. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  /** Writes what waits and sets no more timers. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #copyOf(keys: readonly number[]): ReadonlyMap<number, Partial<Facts>> {
    return new Map(keys.map((key) => [key, { ...this.unwritten(key) }]));
  }

  #setTimer(): void {
    if (this.#closed) return;
    const { clock, intervalMs } = this.#options;
    this.#timer ??= clock.setTimer(intervalMs, () => void this.flush());
  }

  async #writeAll(): Promise<void> {
    const waiting = [...this.#unwritten.keys()];
    for (let start = 0; start < waiting.length; start += KEYS_A_WRITE) {
      const keys = waiting.slice(start, start + KEYS_A_WRITE);
      const batch = this.#copyOf(keys);
      try {
        await this.#options.write(batch);
      } catch (error) {
        this.#options.onFailed(error);
        this.#setTimer();
        return;
      }
      for (const [key, written] of batch) this.#forget(key, written);
      // SQLite answers without leaving the event loop: devices come first.
      await setImmediate();
    }
  }

  /** What was noted while the batch was being written stays for the next one. */
  #forget(key: number, written: Partial<Facts>): void {
    const facts = this.#unwritten.get(key);
    if (facts === undefined) return;
    const left: Partial<Facts> = {};
    for (const name in facts) if (facts[name] !== written[name]) left[name] = facts[name];
    if (Object.keys(left).length === 0) this.#unwritten.delete(key);
    else this.#unwritten.set(key, left);
  }
}
