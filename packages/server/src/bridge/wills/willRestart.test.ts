import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BridgeBench } from '../bridge.testing.ts';
import { MemorySessionStore } from '../keptSessions/sessionStore.testing.ts';
import { keptWith, published, stop, willBench } from './wills.testing.ts';

const KEPT = { sessionExpiryIntervalSeconds: 60 };

/** A device with a will, its connection open. */
async function connected(delays?: Parameters<typeof keptWith>[1]) {
  const store = new MemorySessionStore();
  const bench = willBench({ store });
  return { store, bench, client: await bench.login('pump-1', keptWith('gone', delays)) };
}

/** The next run of the platform, `downMs` later. */
async function restart(bench: BridgeBench, store: MemorySessionStore, downMs = 0): Promise<BridgeBench> {
  const next = willBench({ store, startMs: bench.clock.now() + downMs });
  await next.clock.advanceAsync(0);
  return next;
}

test('a will that waits outlives the platform, and is due when it was', async () => {
  const { store, bench, client } = await connected();
  await bench.loses(client);
  await bench.pass(10_000);
  await stop(bench);
  const next = await restart(bench, store, 5_000);
  await next.pass(11_900);
  assert.deepEqual(published(next), []);
  await next.pass(200);
  assert.deepEqual(published(next), ['gone']);
  assert.equal(store.read()[0]?.session.will, undefined, 'it is not brought again');
  await bench.pass(100_000);
  assert.deepEqual(published(bench), [], 'the platform that has ended publishes none');
});

test('a will that became due while the platform was down is published at its start', async () => {
  const { store, bench, client } = await connected();
  await bench.loses(client);
  await bench.pass(1_000);
  await stop(bench);
  assert.deepEqual(published(await restart(bench, store, 45_000)), ['gone'], 'its session is still kept');
});

test('the will of a session that ended while the platform was down is published at its start', async () => {
  const { store, bench, client } = await connected();
  await bench.loses(client);
  await bench.pass(1_000);
  await stop(bench);
  const next = await restart(bench, store, 3_600_000);
  assert.deepEqual(published(next), ['gone']);
  assert.deepEqual(store.read(), []);
});

test('a device that comes back to its session after a restart, in time, has no will', async () => {
  const { store, bench, client } = await connected();
  await bench.loses(client);
  await bench.pass(1_000);
  await stop(bench);
  const next = await restart(bench, store, 10_000);
  await next.login('pump-1', keptWith('gone again'));
  await next.pass(100_000);
  assert.deepEqual(published(next), []);
});

test('the orderly end of the platform publishes wills without delay, and lets the others wait', async () => {
  const atOnce = await connected({ delaySeconds: 0 });
  await stop(atOnce.bench);
  assert.deepEqual(published(atOnce.bench), ['gone']);
  assert.deepEqual(published(await restart(atOnce.bench, atOnce.store, 60_000)), []);

  const delayed = await connected();
  await stop(delayed.bench);
  assert.deepEqual(published(delayed.bench), []);
  assert.deepEqual(published(await restart(delayed.bench, delayed.store, 30_000)), ['gone']);
});

test('a connection that the crash of the platform has ended has its will after the next start', async () => {
  const atOnce = await connected({ delaySeconds: 0 });
  assert.deepEqual(published(await restart(atOnce.bench, atOnce.store)), ['gone']);

  const delayed = await connected();
  const next = await restart(delayed.bench, delayed.store);
  await next.pass(29_900);
  assert.deepEqual(published(next), []);
  await next.pass(200);
  assert.deepEqual(published(next), ['gone']);
});

test('a will that was not stored when the platform crashed is published again, one that was is not', async () => {
  for (const [isStored, expected] of [
    [false, ['gone']],
    [true, []],
  ] as const) {
    const { store, bench, client } = await connected({ delaySeconds: 0 });
    bench.domain.holdsMessages = true;
    await bench.loses(client);
    await bench.pass(1_000);
    assert.deepEqual(published(bench), ['gone']);
    if (isStored) bench.domain.messages[0]?.outcome.accepted(1);
    await bench.pass(1_000);
    const next = await restart(bench, store);
    await next.pass(100_000);
    assert.deepEqual(published(next), expected);
  }
});

test('a will that the disk did not take comes at the next start, unless the device is back before', async () => {
  for (const isBack of [false, true]) {
    const { store, bench, client } = await connected({ delaySeconds: 0 });
    const reason = { code: 'EVENT_NOT_STORED', by: 'SERVER', status: 'UNAVAILABLE', message: 'disk full' } as const;
    bench.domain.onMessage = ({ packetId, outcome }) => outcome.refused(reason, packetId);
    await bench.loses(client);
    await bench.pass(5_000);
    assert.deepEqual(published(bench), ['gone'], 'it was tried once');
    assert.match(bench.logLines.join('\n'), /disk full.*at the next start/);
    if (isBack) await bench.login('pump-1', { protocolLevel: 5, cleanSession: false, properties: KEPT });
    const next = await restart(bench, store);
    await next.pass(100_000);
    assert.deepEqual(published(next), isBack ? [] : ['gone']);
  }
});

test('a device of which nothing is taken after the restart has no will', async () => {
  const { store, bench, client } = await connected();
  await bench.loses(client);
  await bench.pass(1_000);
  await stop(bench);
  const next = willBench({ store, startMs: bench.clock.now() });
  next.domain.devices.delete('pump-1');
  await next.pass(100_000);
  assert.deepEqual(published(next), []);
});

test('a will whose device could not be looked up stays where it is for the next start, and the log says so', async () => {
  const { store, bench, client } = await connected();
  await bench.loses(client);
  await bench.pass(1_000);
  await stop(bench);
  const lookups = Promise.reject(new Error('database locked'));
  lookups.catch(() => undefined);
  const troubled = willBench({ store, startMs: bench.clock.now(), lookups });
  await troubled.pass(40_000);
  assert.match(troubled.logLines.join('\n'), /database locked/);
  assert.deepEqual(published(await restart(troubled, store)), ['gone']);
});
