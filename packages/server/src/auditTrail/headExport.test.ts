import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { AuditTrail } from './auditTrail.ts';
import { HeadExport, type HeadLine } from './headExport.ts';
import { headFile } from './headFile.ts';
import { auditTrailMigrations } from './migrations.ts';

async function bench() {
  const database = new Database(':memory:');
  await migrate(database, ':memory:', auditTrailMigrations);
  const clock = new VirtualClock(Date.UTC(2026, 10, 22));
  const auditTrail = new AuditTrail(database, new Uint8Array(32), clock);
  const record = () =>
    database.transaction((executor) =>
      auditTrail.record(executor, { principal: 'local:root', action: 'patchPump', resource: 'p1' }),
    );
  return { database, clock, auditTrail, record };
}

test('the head goes out at the start, every hour, and at the end', async () => {
  const { database, clock, auditTrail, record } = await bench();
  const lines: HeadLine[] = [];
  const headExport = new HeadExport(auditTrail, clock, [async (line) => void lines.push(line)], assert.ifError);
  headExport.start();
  await clock.advanceAsync(0);
  await record();
  await clock.advanceAsync(3_599_999);
  assert.equal(lines.length, 1);
  await clock.advanceAsync(1);
  assert.equal(lines.length, 2);
  assert.equal(lines[1]?.head, await auditTrail.head());
  await record();
  await headExport.stop();
  assert.equal(lines.length, 3);
  assert.equal(lines[2]?.head, await auditTrail.head());
  await clock.advanceAsync(10_000_000);
  assert.equal(lines.length, 3);
  await database.close();
});

test('a place that cannot be written is told, does not stop the others, and is tried again', async () => {
  const { database, clock, auditTrail } = await bench();
  const lines: HeadLine[] = [];
  const failures: unknown[] = [];
  const broken = () => Promise.reject(new Error('disk gone'));
  const headExport = new HeadExport(auditTrail, clock, [broken, async (line) => void lines.push(line)], (error) =>
    failures.push(error),
  );
  headExport.start();
  await clock.advanceAsync(3_600_000);
  assert.deepEqual([lines.length, failures.length], [2, 2]);
  await headExport.stop();
  await database.close();
});

test('a head file grows by a line a head, and an exported head verifies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-head-'));
  try {
    const { database, clock, auditTrail, record } = await bench();
    const file = join(folder, 'heads.txt');
    const headExport = new HeadExport(auditTrail, clock, [headFile(file)], assert.ifError);
    headExport.start();
    await record();
    await headExport.stop();
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[1]!, /^2026-11-22T00:00:00\.000Z 1:[0-9a-f]{64}$/);
    assert.equal((await auditTrail.verify(lines[1]!.split(' ')[1])).fault, undefined);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await database.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
