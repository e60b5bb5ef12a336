import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageRecord, SessionRecord } from '../bridge/keptSessions/sessionStore.ts';
import { registryBench } from '../registry/registry.testing.ts';
import { keptSessionMigrations } from './migrations.ts';
import { applyChange, readSessions } from './sessionRows.ts';

const session: SessionRecord = {
  key: 7,
  deviceId: 'pump-1',
  credentialId: 3,
  subscriptions: [{ kind: 'commands', qos: 2, identifiers: [1, 2] }],
  expirySeconds: 3_600,
  expiresAtMs: 1_000,
  will: {
    kind: 'events',
    subfolder: 'gone',
    payload: Uint8Array.of(0, 255),
    qos: 1,
    properties: { contentType: 'text/plain' },
    delaySeconds: 30,
    dueAtMs: 900,
  },
};

const plain: MessageRecord = {
  sequence: 1,
  kind: 'commands',
  subfolder: 'valve',
  payload: Uint8Array.of(1, 2),
  qos: 1,
  queuedAtMs: 10,
  expiresAtMs: undefined,
  reference: undefined,
  properties: undefined,
  packetId: undefined,
  isReleased: false,
};

const rich: MessageRecord = {
  ...plain,
  sequence: 2,
  qos: 2,
  expiresAtMs: 20,
  reference: 30,
  properties: { contentType: 'text/plain', correlationData: Uint8Array.of(0, 255), userProperties: [['a', 'b']] },
  packetId: 0xffff,
};

test('a session, its messages with all that they have, and what was received come back as they were', async () => {
  await using bench = await registryBench({ migrations: keptSessionMigrations });
  const { key } = session;
  await applyChange(bench.database.executor, { type: 'SAVED', session });
  for (const message of [rich, plain]) {
    await applyChange(bench.database.executor, { type: 'MESSAGE_QUEUED', key, message });
  }
  await applyChange(bench.database.executor, { type: 'RECEIVED', key, packetId: 5 });
  assert.deepEqual(await readSessions(bench.database.executor), [{ session, messages: [plain, rich], received: [5] }]);

  await applyChange(bench.database.executor, { type: 'SAVED', session: { ...session, will: undefined } });
  assert.equal(
    (await readSessions(bench.database.executor))[0]?.session.will,
    undefined,
    'it is published, or deleted',
  );
});
