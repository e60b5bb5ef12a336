import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import assert from 'node:assert/strict';
import { appendFile, mkdtempDisposable, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RecordQueue } from './recordQueue.ts';

const record = (name: string): SignedUnitRecord => ({ record: name, signature: 'signature' });

/** A queue of its own, and a second station with the same one. */
async function queues() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-queue-'));
  const name = join(folder.path, 'line-1.queue');
  const [one, other] = [new RecordQueue(name), new RecordQueue(name)];
  return { one, other, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('records wait in their order until they are answered, for their owner alone', async () => {
  await using it = await queues();
  assert.deepEqual(await it.one.waiting(), { records: [], end: 0 });
  await it.one.add(record('a'));
  await it.one.add(record('b'));
  const waiting = await it.one.waiting();
  assert.deepEqual(waiting.records, [record('a'), record('b')]);
  assert.equal((await stat(it.one.path)).mode & 0o777, 0o600);
  await it.one.add(record('c'));
  await it.one.answered(waiting);
  assert.deepEqual((await it.one.waiting()).records, [record('c')]);
});

test('what one station adds while another sends is not lost', async () => {
  await using it = await queues();
  await it.one.add(record('a'));
  const early = await it.one.waiting();
  await it.other.add(record('b'));
  await it.other.answered(await it.other.waiting());
  await it.one.answered(early);
  assert.deepEqual((await it.other.waiting()).records, [record('b')]);
});

test('a record that a power cut has cut is told, and the next one stands on a line of its own', async () => {
  await using it = await queues();
  await it.one.add(record('a'));
  await appendFile(it.one.path, '{"record":"b","sig');
  assert.deepEqual((await it.one.waiting()).records, [record('a')]);
  await it.one.add(record('c'));
  assert.deepEqual((await it.one.waiting()).records, [record('a'), undefined, record('c')]);
  const lines = (await readFile(it.one.path, 'utf8')).split('\n');
  assert.deepEqual(lines.slice(2), [JSON.stringify(record('c')), '']);
});

test('a queue that was put away begins anew', async () => {
  await using it = await queues();
  await it.one.add(record('a'));
  await it.one.answered(await it.one.waiting());
  await rm(it.one.path);
  await it.one.add(record('b, which is longer'));
  await it.one.add(record('c'));
  assert.deepEqual((await it.one.waiting()).records, [record('b, which is longer'), record('c')]);
});
