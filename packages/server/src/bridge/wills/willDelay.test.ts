import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemorySessionStore } from '../keptSessions/sessionStore.testing.ts';
import { keptWith, published, willBench } from './wills.testing.ts';

async function lost(delays: Parameters<typeof keptWith>[1] = {}, store?: MemorySessionStore) {
  const bench = willBench(store === undefined ? {} : { store });
  const client = await bench.login('pump-1', keptWith('gone', delays));
  // Not when sessions are looked through anyway: a will is due to the moment.
  await bench.pass(5_000);
  await bench.loses(client);
  await bench.pass(1);
  return bench;
}

test('a will waits for its delay', async () => {
  const bench = await lost();
  await bench.pass(29_998);
  assert.deepEqual(published(bench), []);
  await bench.pass(1);
  assert.deepEqual(published(bench), ['gone']);
  await bench.pass(200_000);
  assert.deepEqual(published(bench), ['gone']);
});

test('a will goes when its session ends, if that is before its delay', async () => {
  const bench = await lost({ expirySeconds: 20 });
  await bench.pass(19_998);
  assert.deepEqual(published(bench), []);
  await bench.pass(1);
  assert.deepEqual(published(bench), ['gone']);
  await bench.pass(200_000);
  assert.deepEqual(published(bench), ['gone']);
});

test('a delay that is longer than a session may last ends with it, and timers count so far', async () => {
  const bench = await lost({ expirySeconds: 0xffff_ffff, delaySeconds: 0xffff_ffff });
  bench.clock.advance(86_399_998);
  await bench.clock.advanceAsync(0);
  assert.deepEqual(published(bench), []);
  await bench.pass(1);
  assert.deepEqual(published(bench), ['gone']);
});

test('a session that ends with its connection has its will at once, whatever the delay', async () => {
  assert.deepEqual(published(await lost({ expirySeconds: 0 })), ['gone']);
});

test('a device that comes back to its session in time has no will, and its new connection one of its own', async () => {
  const bench = await lost();
  await bench.pass(29_000);
  const back = await bench.login('pump-1', keptWith('gone again'));
  await bench.pass(60_000);
  assert.deepEqual(published(bench), []);
  await bench.loses(back);
  await bench.pass(30_001);
  assert.deepEqual(published(bench), ['gone again']);
});

test('a device that comes back and ends its session with a clean start has its will at once', async () => {
  const bench = await lost();
  await bench.login('pump-1', { ...keptWith('gone again'), cleanSession: true });
  assert.deepEqual(published(bench), ['gone']);
  await bench.pass(200_000);
  assert.deepEqual(published(bench), ['gone']);
});

test('a take-over that goes on with the session deletes its will, and one that does not publishes it', async () => {
  for (const [cleanSession, expected] of [
    [false, []],
    [true, ['gone']],
  ] as const) {
    const bench = willBench();
    await bench.login('pump-1', keptWith('gone'));
    await bench.login('pump-1', { ...keptWith('gone again'), cleanSession });
    await bench.pass(100_000);
    assert.deepEqual(published(bench), expected);
  }
});

test('DISCONNECT with will waits for the delay, and not when it ends the session too', async () => {
  for (const [properties, expected] of [
    [{}, []],
    [{ properties: { sessionExpiryIntervalSeconds: 0 } }, ['gone']],
  ] as const) {
    const bench = willBench();
    const client = await bench.login('pump-1', keptWith('gone'));
    client.send({ type: 'DISCONNECT', reasonCode: 0x04, ...properties });
    await client.ended();
    assert.deepEqual(published(bench), expected);
    await bench.pass(31_000);
    assert.deepEqual(published(bench), ['gone']);
  }
});

test('a session that the domain ends takes its will with it', async () => {
  const bench = await lost();
  bench.bridge.endKeptSession(1);
  await bench.pass(200_000);
  assert.deepEqual(published(bench), []);
});

test('a device of which nothing is taken any more when its will is due has none', async () => {
  const store = new MemorySessionStore();
  const bench = await lost({}, store);
  bench.domain.devices.delete('pump-1');
  await bench.pass(40_000);
  assert.deepEqual(published(bench), []);
  assert.equal(store.read()[0]?.session.will, undefined);
});

test('a will that is being looked for when a device comes back clean is published once', async () => {
  const found = Promise.withResolvers<void>();
  const bench = willBench({ lookups: found.promise });
  const client = await bench.login('pump-1', keptWith('gone'));
  await bench.loses(client);
  await bench.pass(31_000);
  await bench.login('pump-1', { ...keptWith('gone again'), cleanSession: true });
  assert.deepEqual(published(bench), ['gone']);
  found.resolve();
  await bench.pass(1_000);
  assert.deepEqual(published(bench), ['gone']);
});
