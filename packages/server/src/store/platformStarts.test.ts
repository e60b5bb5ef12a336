import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { countPlatformStart, platformStartMigrations } from './platformStarts.ts';

test('every start of the platform has a number of its own', async () => {
  const database = new Database(':memory:');
  await migrate(database, 'test.db', platformStartMigrations);
  assert.equal(await countPlatformStart(database.executor), 1);
  assert.equal(await countPlatformStart(database.executor), 2);
  assert.equal(await countPlatformStart(database.executor), 3);
  await database.close();
});
