import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageRecord, SessionChange, SessionRecord } from '../bridge/keptSessions/sessionStore.ts';
import { MemorySessionStore } from '../bridge/keptSessions/sessionStore.testing.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { keptSessionMigrations } from './migrations.ts';
import { readSessions } from './sessionRows.ts';
import { SqliteSessionStore } from './sqliteSessionStore.ts';

const SESSION: SessionRecord = {
  key: 1,
  deviceId: 'pump-1',
  credentialId: 7,
  subscriptions: [{ kind: 'commands', qos: 1, identifiers: undefined }],
  expirySeconds: 60,
  expiresAtMs: undefined,
  will: undefined,
};

const MESSAGE: MessageRecord = {
  sequence: 1,
  kind: 'commands',
  subfolder: 'valve',
  payload: utf8Encode('open'),
  qos: 1,
  queuedAtMs: 1_000,
  expiresAtMs: 2_000,
  reference: 3,
  properties: { contentType: 'text/plain', correlationData: utf8Encode('7') },
  packetId: undefined,
  isReleased: false,
};

async function openBench() {
  const database = new Database(':memory:');
  await migrate(database, ':memory:', keptSessionMigrations);
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const disk = { isFull: false };
  const troubled: Pick<Database, 'transaction'> = {
    transaction: (work) => (disk.isFull ? Promise.reject(new Error('disk full')) : database.transaction(work)),
  };
  const store = new SqliteSessionStore(troubled, clock, { error: (entry: unknown) => void errors.push(entry) });
  return { database, disk, clock, errors, store, [Symbol.asyncDispose]: () => database.close() };
}

/** JSON has no `undefined`, and SQLite gives back other arrays. */
function plain(sessions: Awaited<ReturnType<typeof readSessions>>): unknown {
  const inOrder = sessions.toSorted((one, other) => one.session.key - other.session.key);
  return JSON.parse(
    JSON.stringify(
      inOrder.map(({ session, messages, received }) => ({
        session,
        messages: messages
          .toSorted((one, other) => one.sequence - other.sequence)
          .map(({ payload, ...rest }) => ({ ...rest, payload: [...payload] })),
        received: received.toSorted((one, other) => one - other),
      })),
    ),
  );
}

const key = fc.integer({ min: 1, max: 3 });
const sequence = fc.integer({ min: 1, max: 5 });
const packetId = fc.integer({ min: 1, max: 4 });
const anyChange: fc.Arbitrary<SessionChange> = fc.oneof(
  fc.record({ type: fc.constant('SAVED' as const), session: key.map((it) => ({ ...SESSION, key: it })) }),
  fc.record({ type: fc.constant('ENDED' as const), key }),
  fc.record({
    type: fc.constant('MESSAGE_QUEUED' as const),
    key,
    message: fc.record({ ...constants(MESSAGE), sequence, qos: fc.constantFrom(1, 2) }) as fc.Arbitrary<MessageRecord>,
  }),
  fc.record({ type: fc.constant('MESSAGE_SENT' as const), key, sequence, packetId }),
  fc.record({ type: fc.constant('MESSAGE_SETTLED' as const), key, sequence }),
  fc.record({ type: fc.constantFrom('RECEIVED' as const, 'COMPLETED' as const), key, packetId }),
);

function constants(record: object): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fc.constant(value)]));
}

/** What the bridge does: a message is queued once, in a session that was saved. */
function possible(changes: readonly SessionChange[]): readonly SessionChange[] {
  const saved = new Set<number>();
  const queued = new Set<string>();
  return changes.filter((change) => {
    if (change.type === 'SAVED') saved.add(change.session.key);
    const of = change.type === 'SAVED' ? change.session.key : change.key;
    if (change.type === 'ENDED') saved.delete(of);
    if (change.type !== 'MESSAGE_QUEUED') return change.type === 'ENDED' || saved.has(of);
    const name = `${of} ${change.message.sequence}`;
    const isNew = saved.has(of) && !queued.has(name);
    queued.add(name);
    return isNew;
  });
}

test('whatever happens to sessions, the database has what a store in memory has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyChange, { maxLength: 60 }), async (changes) => {
      await using bench = await openBench();
      const memory = new MemorySessionStore();
      for (const change of possible(changes)) for (const store of [bench.store, memory]) store.write(change);
      await bench.store.close();
      assert.deepEqual(plain(await readSessions(bench.database.executor)), plain(memory.read()));
    }),
    { numRuns: 40 },
  );
});

test('a released message has no payload any more, and all else of a message comes back', async () => {
  await using bench = await openBench();
  bench.store.write({ type: 'SAVED', session: SESSION });
  bench.store.write({ type: 'MESSAGE_QUEUED', key: 1, message: MESSAGE });
  bench.store.write({ type: 'MESSAGE_QUEUED', key: 1, message: { ...MESSAGE, sequence: 2, qos: 2, packetId: 9 } });
  bench.store.write({ type: 'MESSAGE_RELEASED', key: 1, sequence: 2 });
  await bench.store.close();
  const [stored] = await readSessions(bench.database.executor);
  const [first, second] = stored?.messages ?? [];
  assert.deepEqual({ ...first, payload: [...(first?.payload ?? [])] }, { ...MESSAGE, payload: [...MESSAGE.payload] });
  assert.deepEqual([second?.isReleased, second?.payload.length, second?.packetId, second?.qos], [true, 0, 9, 2]);
});

test('what a disk does not take is told, kept and written in its order when the disk takes it', async () => {
  await using bench = await openBench();
  const told: string[] = [];
  bench.disk.isFull = true;
  bench.store.write({ type: 'SAVED', session: SESSION }, (error) => void told.push(`saved ${String(error)}`));
  await until(() => told.length > 0);
  bench.store.write({ type: 'MESSAGE_QUEUED', key: 1, message: MESSAGE });
  bench.disk.isFull = false;
  await bench.clock.advanceAsync(1_000);
  await bench.store.close();
  assert.deepEqual(told, ['saved Error: disk full'], 'a fate is told once');
  assert.equal((await readSessions(bench.database.executor))[0]?.messages.length, 1);
  assert.equal(bench.errors.length, 1);
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => void setImmediate(resolve));
}
