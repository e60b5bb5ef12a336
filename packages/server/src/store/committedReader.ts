import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * Reads what is committed, synchronously, on a connection of its own. A transaction in progress neither shows in it nor
 * holds it up (SQLite, "Write-Ahead Logging": readers do not block writers, nor they readers): each login asks it, and would
 * otherwise wait for its turn at the connection that writes.
 */
export class CommittedReader {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(sqlite: DatabaseSync) {
    this.#sqlite = sqlite;
  }

  /** @param sql of a kept query: its statement is kept as well */
  rows(sql: string, parameters: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...parameters);
  }
}
