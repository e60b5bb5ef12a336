import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { Database } from './database.ts';
import { KeptQuery } from './keptQuery.ts';

type Tables = { pump: { id: number; site: string } };

function pumpsQuery(executor: Database['executor']) {
  return executor.$extendTables<Tables>().selectFrom('pump').selectAll().where('site', '=', '').where('id', '>', 0);
}

async function pumps(): Promise<Database> {
  const database = new Database(':memory:');
  await createPumps(database);
  return database;
}

async function createPumps(database: Database): Promise<void> {
  await sql`create table pump (id integer primary key, site text)`.execute(database.executor);
  await sql`insert into pump values (1, 'north'), (2, 'north'), (3, 'south')`.execute(database.executor);
}

test('a kept query answers each run with the values of that run', async () => {
  const database = await pumps();
  const kept = new KeptQuery(pumpsQuery);
  const idsOf = async (site: string) => (await kept.rows(database.executor, [site, 1])).map(({ id }) => id);
  assert.deepEqual(await idsOf('north'), [2]);
  assert.deepEqual(await idsOf('south'), [3]);
  await database.close();
});

test('a kept query runs in the transaction it is given', async () => {
  const database = await pumps();
  const kept = new KeptQuery(pumpsQuery);
  const undone = database.transaction(async (executor) => {
    await sql`insert into pump values (4, 'south')`.execute(executor);
    assert.equal((await kept.rows(executor, ['south', 3])).length, 1);
    throw new Error('undo');
  });
  await assert.rejects(undone, /undo/);
  assert.deepEqual(await kept.rows(database.executor, ['south', 3]), []);
  await database.close();
});

test('committed rows are those before an open transaction, at once, and those after it when it has ended', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-store-'));
  const database = new Database(join(folder.path, 'pumps.db'));
  await createPumps(database);
  const kept = new KeptQuery(pumpsQuery);
  const idsOf = (site: string) => kept.committedRows(database, [site, 1]).map(({ id }) => id);
  await database.transaction(async (executor) => {
    await sql`insert into pump values (4, 'south')`.execute(executor);
    assert.deepEqual(idsOf('south'), [3]);
  });
  assert.deepEqual(idsOf('south'), [3, 4]);
  assert.throws(() => kept.committedRows(database, ['north']), { code: 'QUERY_PARAMETERS' });
  assert.throws(() => database.committed.rows('delete from pump', []), /readonly/);
  await database.close();
});

test('a kept query refuses too few and too many values', async () => {
  const database = await pumps();
  const kept = new KeptQuery(pumpsQuery);
  for (const parameters of [['north'], ['north', 1, 2]]) {
    await assert.rejects(kept.rows(database.executor, parameters), { code: 'QUERY_PARAMETERS' });
  }
  await database.close();
});
