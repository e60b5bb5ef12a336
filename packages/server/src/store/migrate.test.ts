import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database } from './database.ts';
import { migrate, type Migrations } from './migrate.ts';

const first: Migrations = {
  '0001-pump': { up: (db) => db.schema.createTable('pump').addColumn('id', 'integer').execute() },
};
const second: Migrations = {
  ...first,
  '0002-valve': { up: (db) => db.schema.createTable('valve').addColumn('id', 'integer').execute() },
};

test('migrations run once each, and a later version adds its own', async () => {
  const database = new Database(':memory:');
  await migrate(database, 'test.db', first);
  await migrate(database, 'test.db', first);
  await migrate(database, 'test.db', second);
  const tables = await database.executor.introspection.getTables();
  assert.deepEqual(tables.map((table) => table.name).toSorted(), ['pump', 'valve']);
  await database.close();
});

test('a later version may add a migration before those that have run', async () => {
  const database = new Database(':memory:');
  await migrate(database, 'test.db', { '0002-valve': second['0002-valve']! });
  await migrate(database, 'test.db', second);
  const tables = await database.executor.introspection.getTables();
  assert.equal(tables.length, 2);
  await database.close();
});

test('a database from a newer version is refused with a sentence', async () => {
  const database = new Database(':memory:');
  await migrate(database, 'test.db', second);
  await assert.rejects(migrate(database, 'test.db', first), {
    code: 'DATABASE_NEWER',
    message: /newer MkIoT.*0002-valve/,
  });
  await database.close();
});

test('a failing migration is rolled back and named', async () => {
  const database = new Database(':memory:');
  const failing: Migrations = {
    ...first,
    '0002-broken': {
      async up(db) {
        await db.schema.createTable('half').addColumn('id', 'integer').execute();
        throw new Error('no');
      },
    },
  };
  await assert.rejects(migrate(database, 'test.db', failing), {
    code: 'DATABASE_MIGRATION_FAILED',
    message: /0002-broken/,
  });
  assert.deepEqual(await database.executor.introspection.getTables(), []);
  await database.close();
});

test('a transaction that throws leaves nothing behind', async () => {
  const database = new Database(':memory:');
  await migrate(database, 'test.db', first);
  const pumps = database.executor.withTables<{ pump: { id: number } }>();
  await assert.rejects(
    database.transaction(async (executor) => {
      await executor.withTables<{ pump: { id: number } }>().insertInto('pump').values({ id: 1 }).execute();
      throw new Error('no');
    }),
  );
  assert.deepEqual(await pumps.selectFrom('pump').selectAll().execute(), []);
  await database.close();
});
