import type { Clock } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import type { SessionChange, SessionStore } from '../bridge/keptSessions/sessionStore.ts';
import type { Database } from '../store/database.ts';
import { applyChange } from './sessionRows.ts';

interface Waiting {
  readonly change: SessionChange;
  /** Told once; `undefined` when it has been. */
  settled: ((error: unknown) => void) | undefined;
}

/** Most changes in one transaction. */
const BATCH = 500;

/** After a write that failed. */
const RETRY_MS = 1_000;

/**
 * Kept sessions in SQLite. Nobody waits for a write but who asked to be told; the changes of one moment share one sync of
 * the disk. What could not be written is tried again, in its order, until the platform ends.
 */
export class SqliteSessionStore implements SessionStore {
  readonly #database: Pick<Database, 'transaction'>;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'error'>;
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined = undefined;
  #isClosing = false;

  constructor(database: Pick<Database, 'transaction'>, clock: Clock, logger: Pick<Logger, 'error'>) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
  }

  write(change: SessionChange, settled?: (error: unknown) => void): void {
    this.#waiting.push({ change, settled });
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all is written; what the disk does not take now is lost. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // SQLite syncs on this thread: without a turn of the event loop the first change would always be written alone.
    await new Promise((resolve) => void setImmediate(resolve));
    let isWritten = true;
    while (this.#waiting.length > 0 && isWritten) isWritten = await this.#writeBatch();
    this.#writing = undefined;
    if (!isWritten && !this.#isClosing) this.#retryLater();
  }

  async #writeBatch(): Promise<boolean> {
    const batch = this.#waiting.slice(0, BATCH);
    try {
      await this.#database.transaction(async (executor) => {
        for (const { change } of batch) await applyChange(executor, change);
      });
    } catch (error) {
      this.#logger.error({ changes: batch.length, err: error }, 'kept sessions were not written; they will be again');
      tell(batch, error);
      return false;
    }
    this.#waiting.splice(0, batch.length);
    tell(batch, undefined);
    return true;
  }

  #retryLater(): void {
    this.#writing = new Promise<void>((resolve) => {
      this.#clock.setTimer(RETRY_MS, resolve);
    }).then(() => this.#writeAll());
  }
}

function tell(batch: readonly Waiting[], error: unknown): void {
  for (const waiting of batch) {
    const { settled } = waiting;
    waiting.settled = undefined;
    settled?.(error);
  }
}
