import { Kysely } from 'kysely';
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CommittedReader } from './committedReader.ts';
import { NodeSqliteDialect } from './sqliteDialect.ts';

/**
 * What runs queries: the database itself or a transaction. A slice names its own tables with
 * `executor.$extendTables<RegistryTables>()`.
 */
export type Executor = Kysely<object>;

/** The embedded database: SQLite in WAL mode, every commit synced to disk. */
export class Database {
  readonly executor: Executor;
  /** For the few reads that wait for nobody: it sees what is committed, whatever transaction is open. */
  readonly committed: CommittedReader;
  readonly #sqlite: DatabaseSync;
  readonly #reader: DatabaseSync | undefined;

  /** @param file path of the database file, or `:memory:` */
  constructor(file: string) {
    // SQLite would make it readable to everybody; the files beside it take its mode.
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
    const sqlite = new DatabaseSync(file);
    sqlite.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;',
    );
    this.#sqlite = sqlite;
    this.executor = new Kysely<object>({ dialect: new NodeSqliteDialect(sqlite) });
    // A database in memory is its one connection's own.
    this.#reader = file === ':memory:' ? undefined : new DatabaseSync(file, { readOnly: true });
    this.committed = new CommittedReader(this.#reader ?? sqlite);
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. There is one connection that
   * writes, so `work` must use the executor it is given and no other.
   */
  transaction<Result>(work: (executor: Executor) => Promise<Result>): Promise<Result> {
    return this.executor.transaction().execute(work);
  }

  /** What is wrong with the structure of the database, as SQLite tells it first; `undefined` when it is sound. Reads all of it. */
  findDamage(): string | undefined {
    const finding = this.#sqlite.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    return finding === 'ok' ? undefined : String(finding);
  }

  get pageBytes(): number {
    return Number(this.#sqlite.prepare('PRAGMA page_size').get()?.['page_size']);
  }

  async close(): Promise<void> {
    // First: the last to close writes the log back into the file, and a reader may not.
    this.#reader?.close();
    await this.executor.destroy();
  }
}
