import { demoError } from './demoErrors.ts';
import type { DemoPorts } from './demoPorts.ts';

const PATIENCE_MS = 20_000;

/** What has happened, in order, for those who wait for something in it. */
export class Trace<Item> {
  readonly #ports: Pick<DemoPorts, 'clock' | 'signal'>;
  #items: Item[] = [];
  #isKept = true;
  readonly #watchers = new Set<(item: Item) => void>();

  constructor(ports: Pick<DemoPorts, 'clock' | 'signal'>) {
    this.#ports = ports;
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
  async first(what: string, from: number, isWanted: (item: Item) => boolean): Promise<Item> {
    const past = this.since(from).find(isWanted);
    if (past !== undefined) return past;
    const { clock, signal } = this.#ports;
    const { promise, resolve, reject } = Promise.withResolvers<Item>();
    const watcher = (item: Item): void => {
      if (isWanted(item)) resolve(item);
    };
    const give = (): void => reject(signal.reason);
    const timer = clock.setTimer(PATIENCE_MS, () =>
      reject(demoError('DEMO_NOT_SEEN', { what, seconds: PATIENCE_MS / 1_000 })),
    );
    this.#watchers.add(watcher);
    signal.addEventListener('abort', give, { once: true });
    try {
      signal.throwIfAborted();
      return await promise;
    } finally {
      timer.cancel();
      this.#watchers.delete(watcher);
      signal.removeEventListener('abort', give);
    }
  }
}
