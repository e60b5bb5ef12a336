import { type Migration, Migrator } from 'kysely/migration';
import type { Database, Executor } from './database.ts';
import { storeError } from './storeErrors.ts';

/**
 * Migrations by name. Names sort in the order of running: `0200-registry`. Each slice counts from a hundred of its own, so
 * a later version may add one before those that have run. A name once released never changes.
 */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the database up to date in one transaction. Throws `DATABASE_NEWER`, having changed nothing, when it holds
 * migrations that this version does not know.
 *
 * @param file the database's path, for the error text
 */
export function migrate(database: Database, file: string, migrations: Migrations): Promise<void> {
  return database.transaction(async (executor) => {
    const applied = await appliedMigrations(executor);
    const unknown = applied.find((name) => migrations[name] === undefined);
    if (unknown !== undefined) throw storeError('DATABASE_NEWER', { file, migration: unknown });

    const migrator = new Migrator({
      db: executor,
      provider: { getMigrations: async () => migrations },
      allowUnorderedMigrations: true,
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) {
      const failed = results?.find((result) => result.status === 'Error');
      throw storeError('DATABASE_MIGRATION_FAILED', { file, migration: failed?.migrationName ?? '' }, error);
    }
  });
}

async function appliedMigrations(executor: Executor): Promise<readonly string[]> {
  const tables = await executor.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const migrationTable = executor.withTables<{ kysely_migration: { name: string } }>();
  const rows = await migrationTable.selectFrom('kysely_migration').select('name').execute();
  return rows.map((row) => row.name);
}
