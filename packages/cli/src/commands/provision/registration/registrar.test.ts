import { ApiClient } from '@mkiot/core/api/client';
import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RecordQueue } from './recordQueue.ts';
import { Registrar } from './registrar.ts';

const RECORD = { record: 'AA', signature: 'AA' };

/** A registrar whose server is `fetch`. */
async function registrarAt(fetch: ApiFetch) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-registrar-'));
  const queue = new RecordQueue(join(folder.path, 'line-1.queue'));
  const clock = new VirtualClock();
  const notes: string[] = [];
  const registrar = new Registrar({
    withApi: (work) => work(new ApiClient(fetch)),
    queue,
    clock,
    note: (line) => notes.push(line),
  });
  return { registrar, queue, clock, notes, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

const answering =
  (body: object, status = 200): ApiFetch =>
  () =>
    Promise.resolve(Response.json(body, { status }));

test('a server that does not answer in time is away', async () => {
  await using it = await registrarAt(() => new Promise(() => {}));
  const registered = it.registrar.register(RECORD);
  await it.clock.advanceAsync(14_999);
  assert.deepEqual(it.notes, []);
  await it.clock.advanceAsync(1);
  assert.equal(await registered, 'queued');
  assert.deepEqual(it.notes, ['The server has not answered in 15 s.']);
  assert.deepEqual((await it.queue.waiting()).records, [RECORD]);
});

test('a server that has too much to do is away too', async () => {
  const details = [{ reason: 'API_QUOTA' }];
  const problem = { error: { code: 429, message: 'Too much at once.', status: 'RESOURCE_EXHAUSTED', details } };
  await using it = await registrarAt(answering(problem, 429));
  assert.equal(await it.registrar.register(RECORD), 'queued');
  assert.deepEqual((await it.queue.waiting()).records, [RECORD]);
});

test('Ctrl-C while the server is asked puts the record into the queue', async () => {
  await using it = await registrarAt(() => Promise.reject(new DOMException('stopped', 'AbortError')));
  assert.equal(await it.registrar.register(RECORD), 'queued');
});

test('what goes wrong otherwise is no reason to wait', async () => {
  await using it = await registrarAt(answering({}));
  await assert.rejects(it.registrar.register(RECORD), TypeError);
  assert.deepEqual((await it.queue.waiting()).records, []);
});

test('a record that the server refuses is no record that waits', async () => {
  const refusal = { outcome: 'REFUSED', code: 'UNIT_MAC_USED', message: 'It was registered as pump-1.' };
  await using it = await registrarAt(answering({ units: [refusal] }));
  await assert.rejects(it.registrar.register(RECORD), { code: 'UNIT_MAC_USED', message: refusal.message });
  assert.deepEqual((await it.queue.waiting()).records, []);
});
