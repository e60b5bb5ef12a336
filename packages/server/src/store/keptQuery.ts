import type { Compilable, CompiledQuery } from 'kysely';
import type { Executor } from './database.ts';
import { storeError } from './storeErrors.ts';

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

  async rows(executor: Executor, parameters: readonly (string | number)[]): Promise<readonly Row[]> {
    const compiled = (this.#compiled ??= this.#build(executor).compile());
    if (parameters.length !== compiled.parameters.length) {
      throw storeError('QUERY_PARAMETERS', { expected: compiled.parameters.length, found: parameters.length });
    }
    return (await executor.executeQuery<Row>({ ...compiled, parameters })).rows;
  }
}
