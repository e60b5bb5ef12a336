import type { Executor } from './database.ts';
import type { Migrations } from './migrate.ts';

type PlatformTables = { platform_start: { id: number; count: number } };

export const platformStartMigrations: Migrations = {
  '0010-platform-start': {
    async up(database) {
      await database.schema
        .createTable('platform_start')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('count', 'integer', (column) => column.notNull())
        .execute();
    },
  },
};

/** Counts this start of the platform; the first one is 1. What must never repeat after a restart is made from it. */
export async function countPlatformStart(executor: Executor): Promise<number> {
  const { count } = await executor
    .$extendTables<PlatformTables>()
    .insertInto('platform_start')
    .values({ id: 1, count: 1 })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((row) => ({ count: row('platform_start.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return count;
}
