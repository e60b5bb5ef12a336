import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { AuditTrail } from './auditTrail.ts';
import { digestOf } from './digest.ts';
import { auditTrailMigrations, type AuditTrailTables } from './migrations.ts';

const KEY = new Uint8Array(32).fill(7);
const ENTRIES = 5;

async function openTrail(file = ':memory:', key = KEY): Promise<{ database: Database; trail: AuditTrail }> {
  const database = new Database(file);
  await migrate(database, file, auditTrailMigrations);
  return { database, trail: new AuditTrail(database, key, new VirtualClock(1_000)) };
}

async function withEntries(body: (database: Database, trail: AuditTrail) => Promise<void>): Promise<void> {
  const { database, trail } = await openTrail();
  for (let index = 1; index <= ENTRIES; index++) await recordNumbered(database, trail, index);
  await body(database, trail);
  await database.close();
}

function recordNumbered(database: Database, trail: AuditTrail, index: number): Promise<void> {
  return database.transaction((executor) =>
    trail.record(executor, {
      principal: 'local:root',
      action: 'patchPump',
      resource: `pumps/p${index}`,
      before: { level: index },
      after: { level: index + 1, secret: digestOf('hush') },
    }),
  );
}

test('an entry says who changed what, when, before and after', () =>
  withEntries(async (_database, trail) => {
    assert.deepEqual(await trail.list(1), [
      {
        sequence: 5,
        timeMs: 1_000,
        principal: 'local:root',
        action: 'patchPump',
        resource: 'pumps/p5',
        before: { level: 5 },
        // printf hush | sha256sum
        after: { level: 6, secret: { sha256: digestOf(new TextEncoder().encode('hush')).sha256, length: 4 } },
      },
    ]);
    assert.deepEqual(
      (await trail.list(2, 5)).map((entry) => entry.sequence),
      [4, 3],
    );
    assert.deepEqual(await trail.list(2, 1), []);
  }));

test('a digest is that of SHA-256 and counts bytes, not characters', () => {
  // FIPS 180-4, the example "abc"
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.deepEqual(digestOf('abc'), { sha256: abc, length: 3 });
  assert.equal(digestOf('ä').length, 2);
});

test('an untouched trail is intact, against its own head and against an earlier one', () =>
  withEntries(async (database, trail) => {
    const head = await trail.head();
    assert.match(head, /^5:[0-9a-f]{64}$/);
    assert.deepEqual(await trail.verify(), { intactEntries: 5, head, fault: undefined });
    await recordNumbered(database, trail, 6);
    assert.equal((await trail.verify(head)).fault, undefined);
    assert.equal((await trail.verify(`${head}\n`)).intactEntries, 6);
  }));

test('an empty trail has a head of its own', async () => {
  const { database, trail } = await openTrail();
  const head = await trail.head();
  assert.match(head, /^0:/);
  assert.deepEqual(await trail.verify(head), { intactEntries: 0, head, fault: undefined });
  await recordNumbered(database, trail, 1);
  assert.equal((await trail.verify(head)).fault, undefined);
  await database.close();
});

test('a transaction that fails leaves no entry', () =>
  withEntries(async (database, trail) => {
    await assert.rejects(
      database.transaction(async (executor) => {
        await trail.record(executor, { principal: 'local:root', action: 'explode', resource: 'pumps/p1' });
        throw new Error('no');
      }),
    );
    assert.equal((await trail.list(1))[0]?.sequence, ENTRIES);
  }));

test('a change outside a transaction is refused', () =>
  withEntries(async (database, trail) => {
    const change = { principal: 'local:root', action: 'a', resource: 'b' };
    await assert.rejects(trail.record(database.executor, change), { code: 'AUDIT_OUTSIDE_TRANSACTION' });
  }));

const COLUMNS: readonly (keyof AuditTrailTables['audit_entry'])[] = [
  'time_ms',
  'principal',
  'action',
  'resource',
  'before',
  'after',
  'mac',
];

for (let position = 1; position <= ENTRIES; position++) {
  for (const column of COLUMNS) {
    test(`a changed ${column} of entry ${position} is found`, () =>
      withEntries(async (database, trail) => {
        const value =
          column === 'time_ms'
            ? sql`time_ms + 1`
            : column === 'mac'
              ? sql`zeroblob(32)`
              : sql`${sql.ref(column)} || 'x'`;
        await sql`update audit_entry set ${sql.ref(column)} = ${value} where sequence = ${position}`.execute(
          database.executor,
        );
        const { fault, intactEntries } = await trail.verify();
        assert.deepEqual(fault, { kind: 'FORGED', sequence: position });
        assert.equal(intactEntries, position - 1);
      }));
  }

  test(`entry ${position} taken out is found`, () =>
    withEntries(async (database, trail) => {
      const head = await trail.head();
      await sql`delete from audit_entry where sequence = ${position}`.execute(database.executor);
      const kind = position === ENTRIES ? 'CUT_OFF' : 'MISSING';
      assert.deepEqual((await trail.verify(head)).fault, { kind, sequence: position });
    }));

  test(`all entries from ${position} on cut off are found against the expected head`, () =>
    withEntries(async (database, trail) => {
      const head = await trail.head();
      await sql`delete from audit_entry where sequence >= ${position}`.execute(database.executor);
      assert.deepEqual((await trail.verify(head)).fault, { kind: 'CUT_OFF', sequence: position });
      assert.equal((await trail.verify()).fault, undefined);
    }));

  test(`a tail cut off at ${position} and grown again is found against the expected head`, () =>
    withEntries(async (database, trail) => {
      const head = await trail.head();
      await sql`delete from audit_entry where sequence >= ${position}`.execute(database.executor);
      for (let index = position; index <= ENTRIES + 1; index++) await recordNumbered(database, trail, index + 100);
      assert.deepEqual((await trail.verify(head)).fault, { kind: 'REWRITTEN', sequence: ENTRIES });
      assert.equal((await trail.verify()).fault, undefined);
    }));

  test(`an entry put in before ${position} is found, with the later ones renumbered`, () =>
    withEntries(async (database, trail) => {
      await sql`update audit_entry set sequence = -sequence where sequence >= ${position}`.execute(database.executor);
      await sql`update audit_entry set sequence = 1 - sequence where sequence < 0`.execute(database.executor);
      await sql`insert into audit_entry select ${position}, time_ms, principal, action, resource, before, after, mac
                from audit_entry where sequence = ${position + 1}`.execute(database.executor);
      const { fault } = await trail.verify();
      // The copy of the entry that stood here is the genuine one; what follows it is not in its place.
      assert.deepEqual(fault, { kind: 'FORGED', sequence: position + 1 });
    }));

  test(`entry ${position} exchanged with its neighbour is found`, () =>
    withEntries(async (database, trail) => {
      const [low, high] = position === 1 ? [1, 2] : [position - 1, position];
      await sql`update audit_entry set sequence = -1 where sequence = ${low}`.execute(database.executor);
      await sql`update audit_entry set sequence = ${low} where sequence = ${high}`.execute(database.executor);
      await sql`update audit_entry set sequence = ${high} where sequence = -1`.execute(database.executor);
      assert.deepEqual((await trail.verify()).fault, { kind: 'FORGED', sequence: low });
    }));
}

test('an entry put in at the tail or before the first one is found', () =>
  withEntries(async (database, trail) => {
    for (const sequence of [ENTRIES + 1, 0]) {
      await sql`insert into audit_entry values (${sequence}, 1, 'a', 'b', 'c', null, null, zeroblob(32))`.execute(
        database.executor,
      );
      assert.deepEqual((await trail.verify()).fault, { kind: 'FORGED', sequence });
    }
  }));

test('an entry moved to another field boundary is found', () =>
  withEntries(async (database, trail) => {
    await sql`update audit_entry set principal = principal || 'p', action = substr(action, 2) where sequence = 2`.execute(
      database.executor,
    );
    assert.deepEqual((await trail.verify()).fault, { kind: 'FORGED', sequence: 2 });
  }));

test('the trail and its head survive a restart, and another key does not fit it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-audit-'));
  try {
    const file = join(folder, 'test.db');
    const first = await openTrail(file);
    await recordNumbered(first.database, first.trail, 1);
    const head = await first.trail.head();
    await first.database.close();

    const second = await openTrail(file);
    await recordNumbered(second.database, second.trail, 2);
    assert.deepEqual((await second.trail.verify(head)).fault, undefined);
    await second.database.close();

    const stranger = await openTrail(file, new Uint8Array(32).fill(8));
    assert.deepEqual((await stranger.trail.verify()).fault, { kind: 'FORGED', sequence: 1 });
    await stranger.database.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a trail longer than one read is walked to its end', async () => {
  const { database, trail } = await openTrail();
  for (let index = 1; index <= 230; index++) await recordNumbered(database, trail, index);
  assert.equal((await trail.verify()).intactEntries, 230);
  await sql`update audit_entry set action = '' where sequence = 201`.execute(database.executor);
  assert.deepEqual((await trail.verify()).fault, { kind: 'FORGED', sequence: 201 });
  await database.close();
});

for (const text of ['', '5', '5:', '5:abc', `05:${'0'.repeat(64)}`, `-1:${'0'.repeat(64)}`, `5:${'G'.repeat(64)}`]) {
  test(`${JSON.stringify(text)} is no head`, () =>
    withEntries((_database, trail) => assert.rejects(trail.verify(text), { code: 'AUDIT_HEAD_MALFORMED' })));
}

test('a key of another length is refused', async () => {
  const database = new Database(':memory:');
  assert.throws(() => new AuditTrail(database, new Uint8Array(16), new VirtualClock()), { code: 'AUDIT_KEY_UNFIT' });
  await database.close();
});
