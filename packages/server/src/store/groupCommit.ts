import type { Database, Executor } from './database.ts';

export interface GroupCommitOptions<Item> {
  readonly database: Pick<Database, 'transaction'>;
  /** Writes all `items` in the transaction of `executor`. */
  readonly write: (executor: Executor, items: readonly Item[]) => Promise<void>;
  /** Told when `items` are on disk, or with an `error` why none of them is. Must not throw. */
  readonly settled: (items: readonly Item[], error: unknown) => void;
  /** Most items in one transaction. */
  readonly batch: number;
}

/**
 * Writes what many devices bring at one moment in one transaction, so that they share one sync of the disk. It begins when
 * the sockets that had something to read have been read, never later.
 */
export class GroupCommit<Item> {
  readonly #options: GroupCommitOptions<Item>;
  readonly #waiting: Item[] = [];
  #committing: Promise<void> | undefined;

  constructor(options: GroupCommitOptions<Item>) {
    this.#options = options;
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#committing ??= this.#commitAll();
  }

  /** Resolves when everything added so far has been settled. */
  async idle(): Promise<void> {
    await this.#committing;
  }

  async #commitAll(): Promise<void> {
    try {
      // SQLite syncs on this thread: without a turn of the event loop the first item would always be written alone.
      await new Promise((resolve) => void setImmediate(resolve));
      while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, this.#options.batch));
    } finally {
      this.#committing = undefined;
    }
  }

  async #commit(items: readonly Item[]): Promise<void> {
    const { database, write, settled } = this.#options;
    try {
      await database.transaction((executor) => write(executor, items));
    } catch (error) {
      settled(items, error);
      return;
    }
    settled(items, undefined);
  }
}
