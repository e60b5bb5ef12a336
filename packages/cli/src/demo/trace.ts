import type { Clock } from '@mkiot/core/clock/clock';
import { demoError } from './demoErrors.ts';

const PATIENCE_MS = 20_000;

/** What has happened, in order, for those who wait for something in it. */
export class Trace<Item> {
  readonly #clock: Clock;
  #items: Item[] = [];
  #isKept = true;
  readonly #watchers = new Set<(item: Item) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How much has happened: handed to the other methods, only what comes later counts. */
  get length(): number {
    return this.#items.length;
  }

  add(item: Item): void {
    if (this.#isKept) this.#items.push(item);
    for (const watcher of this.#watchers) watcher(item);
  }

  since(from: number): readonly Item[] {
    return this.#items.slice(from);
  }

  /** From now on nothing is kept: a demo stays up for days. */
  forget(): void {
    this.#isKept = false;
    this.#items = [];
  }

  /** The first item from number `from` on that is wanted, once there is one. @throws `DEMO_NOT_SEEN`, naming `what` */
  first<Wanted extends Item>(what: string, from: number, isWanted: (item: Item) => item is Wanted): Promise<Wanted>;
  first(what: string, from: number, isWanted: (item: Item) => boolean): Promise<Item>;
  first(what: string, from: number, isWanted: (item: Item) => boolean): Promise<Item> {
    const found = this.since(from).find(isWanted);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const watcher = (item: Item): void => {
        if (isWanted(item)) settle(() => resolve(item));
      };
      const settle = (outcome: () => void): void => {
        timer.cancel();
        this.#watchers.delete(watcher);
        outcome();
      };
      const timer = this.#clock.setTimer(PATIENCE_MS, () =>
        settle(() => reject(demoError('DEMO_NOT_SEEN', { what, seconds: PATIENCE_MS / 1_000 }))),
      );
      this.#watchers.add(watcher);
    });
  }
}
