import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DroppedMessage } from '../bridge/keptSessionLink.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { DroppedMessages } from './droppedMessages.ts';
import { keptSessionMigrations } from './migrations.ts';

test('the last drops of a device can be looked up, newest first, and the log has all', async () => {
  await using database = await openDatabase();
  const lines: unknown[] = [];
  const logger = { warn: (line: unknown) => void lines.push(line), error: () => assert.fail('a drop was not noted') };
  const dropped = new DroppedMessages(database.it, new VirtualClock(5_000), logger);
  for (let sequence = 1; sequence <= 30; sequence++) dropped.dropped(drop(1, sequence));
  dropped.dropped(drop(2, 99));
  await dropped.idle();
  const found = await dropped.of(1);
  assert.deepEqual(
    found.map(({ sequence }) => sequence),
    Array.from({ length: 20 }, (_, index) => 30 - index),
  );
  assert.deepEqual([found[0]?.reason, found[0]?.droppedAtMs, found[0]?.wasSent], ['EXPIRED', 5_000, true]);
  assert.equal((await dropped.of(2)).length, 1);
  assert.equal(lines.length, 31);
  dropped.forget(1);
  await dropped.idle();
  assert.deepEqual([await dropped.of(1), (await dropped.of(2)).length], [[], 1], 'a deleted device leaves nothing');
});

function drop(key: number, sequence: number): DroppedMessage {
  const times = { queuedAtMs: 1_000, expiresAtMs: 4_000 };
  const message = { sequence, kind: 'commands', subfolder: '', payloadBytes: 4, wasSent: true, ...times };
  return { ...message, key, deviceId: `pump-${key}`, reason: 'EXPIRED' };
}

async function openDatabase() {
  const it = new Database(':memory:');
  await migrate(it, ':memory:', keptSessionMigrations);
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
