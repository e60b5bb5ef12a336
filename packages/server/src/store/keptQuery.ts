import type { Compilable, CompiledQuery } from 'kysely';
import type { Database, Executor } from './database.ts';
import { storeError } from './storeErrors.ts';

type Parameters = readonly (string | number)[];

/**
 * A query that is built and compiled at its first run and then only run: kysely takes three times as long to build a small
 * one as SQLite takes to answer it. For the few that every login waits for; all executors have to be of one dialect.
 *
 * @example
 * const deviceById = new KeptQuery((executor) => deviceQuery(executor, 0, ''));
 * const [row] = await deviceById.rows(database.executor, [registryKey, id]);
 */
export class KeptQuery<Row> {
  readonly #build: (executor: Executor) => Compilable<Row>;
  #compiled: CompiledQuery<Row> | undefined = undefined;

  /** @param build makes the query with any values: those of each run take their places, in the order of the SQL text */
  constructor(build: (executor: Executor) => Compilable<Row>) {
    this.#build = build;
  }

  /** As `executor` sees it: a transaction its own changes. Waits until the one connection that writes is free. */
  async rows(executor: Executor, parameters: Parameters): Promise<readonly Row[]> {
    return (await executor.executeQuery<Row>({ ...this.#compile(executor, parameters), parameters })).rows;
  }

  /** What is committed, at once. */
  committedRows({ executor, committed }: Database, parameters: Parameters): readonly Row[] {
    return committed.rows(this.#compile(executor, parameters).sql, parameters) as readonly Row[];
  }

  #compile(executor: Executor, parameters: Parameters): CompiledQuery<Row> {
    const compiled = (this.#compiled ??= this.#build(executor).compile());
    if (parameters.length === compiled.parameters.length) return compiled;
    throw storeError('QUERY_PARAMETERS', { expected: compiled.parameters.length, found: parameters.length });
  }
}
