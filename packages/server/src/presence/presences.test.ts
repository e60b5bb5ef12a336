import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceRecord } from '../registry/model.ts';
import { deviceName } from '../registry/registry.testing.ts';
import type { Presence } from './model.ts';
import { LOST, PresenceBench, TAKEN_OVER } from './presence.testing.ts';
import { readPresences } from './presenceStore.ts';

test('a device that never connected is not connected, and nothing else is known', async () => {
  await using bench = await PresenceBench.open();
  assert.deepEqual(await bench.presenceOf(await bench.addDevice('pump-1')), { isConnected: false });
});

test('a device is connected as soon as it is, from where and since when, and its last sign of life is live', async () => {
  await using bench = await PresenceBench.open();
  const pump = await bench.addDevice('pump-1');
  const openedAtMs = bench.registry.clock.now();
  const session = bench.connect(pump);
  session.lastHeardAtMs += 5_000;
  session.expectedByMs += 5_000;
  assert.deepEqual(await bench.presenceOf(pump), {
    isConnected: true,
    expectedByMs: openedAtMs + 95_000,
    session: {
      epoch: 1,
      openedAtMs,
      remoteAddress: '192.0.2.7',
      protocolLevel: 5,
      keepAliveSeconds: 60,
      lastHeardAtMs: openedAtMs + 5_000,
    },
  });
  assert.deepEqual(bench.presences.connected(), [pump.numId]);
});

test('a device that is gone is told with the reason, and with when it was heard last', async () => {
  await using bench = await PresenceBench.open();
  const pump = await bench.addDevice('pump-1');
  const session = bench.connect(pump);
  session.lastHeardAtMs += 5_000;
  bench.registry.clock.advance(20_000);
  bench.disconnect(session, LOST);
  const { isConnected, session: last, end, expectedByMs } = await bench.presenceOf(pump);
  assert.deepEqual([isConnected, expectedByMs], [false, undefined]);
  assert.equal(last?.lastHeardAtMs, session.lastHeardAtMs);
  assert.deepEqual(end, { epoch: 1, atMs: bench.registry.clock.now(), ...LOST });
  assert.deepEqual(bench.presences.connected(), []);
});

for (const isWritten of [false, true]) {
  const when = isWritten ? 'written' : 'still in memory';

  test(`a late close of an old socket does not make the new session look closed (${when})`, async () => {
    await using bench = await PresenceBench.open();
    const pump = await bench.addDevice('pump-1');
    const old = bench.connect(pump);
    const current = bench.connect(pump);
    if (isWritten) await bench.registry.clock.advanceAsync(1_000);
    bench.disconnect(old, LOST);
    const { isConnected, session, end } = await bench.presenceOf(pump);
    assert.deepEqual([isConnected, session?.epoch, end?.epoch, end?.code], [true, current.epoch, 1, 'TAKEN_OVER']);

    bench.disconnect(current, LOST);
    if (isWritten) await bench.registry.clock.advanceAsync(1_000);
    bench.registry.clock.advance(60_000);
    bench.disconnect(old, TAKEN_OVER);
    if (isWritten) await bench.registry.clock.advanceAsync(1_000);
    const after = await bench.presenceOf(pump);
    assert.deepEqual(
      [after.isConnected, after.session?.epoch, after.end?.epoch, after.end?.code],
      [false, current.epoch, current.epoch, 'CONNECTION_LOST'],
    );
  });

  test(`a duplicate disconnect event changes neither the reason nor the time of the first (${when})`, async () => {
    await using bench = await PresenceBench.open();
    const pump = await bench.addDevice('pump-1');
    const session = bench.connect(pump);
    const endedAtMs = bench.registry.clock.now();
    bench.disconnect(session, { code: 'DEVICE_BLOCKED', by: 'SERVER', message: 'SERVER: The device was blocked.' });
    if (isWritten) await bench.registry.clock.advanceAsync(1_000);
    bench.registry.clock.advance(30_000);
    bench.disconnect(session, LOST);
    if (isWritten) await bench.registry.clock.advanceAsync(1_000);
    const { end } = await bench.presenceOf(pump);
    assert.deepEqual([end?.code, end?.atMs], ['DEVICE_BLOCKED', endedAtMs]);
  });
}

test('a reconnect burst never shows the device as gone, and ends with the last session', async () => {
  await using bench = await PresenceBench.open();
  const pump = await bench.addDevice('pump-1');
  const sessions = [bench.connect(pump)];
  for (let number = 0; number < 200; number++) {
    sessions.push(bench.connect(pump));
    if (number % 20 === 0) await bench.registry.clock.advanceAsync(1_000);
    const { isConnected, session } = await bench.presenceOf(pump);
    assert.deepEqual([isConnected, session?.epoch], [true, sessions.length]);
  }
  // The sockets close when they like, the last session's own among them.
  for (const session of sessions.toReversed()) bench.presences.closed(session, LOST);
  sessions.at(-1)?.close(LOST);
  await bench.presences.close();
  const { isConnected, session, end } = await bench.presenceOf(pump);
  assert.deepEqual([isConnected, session?.epoch, end?.epoch], [false, 201, 201]);
});

test('what is written is the newest of each device, in one batch a second', async () => {
  await using bench = await PresenceBench.open();
  const [pump, well] = [await bench.addDevice('pump-1'), await bench.addDevice('well-1')];
  bench.connect(pump);
  bench.connect(pump);
  bench.connect(well);
  await bench.registry.clock.advanceAsync(1_000);
  const [ofPump, ofWell] = [await stored(bench, pump), await stored(bench, well)];
  assert.deepEqual([ofPump?.session?.epoch, ofPump?.end?.epoch], [2, 1]);
  assert.deepEqual([ofWell?.session?.epoch, ofWell?.end], [3, undefined]);
});

test('once a minute is written when devices were heard last', async () => {
  await using bench = await PresenceBench.open();
  const pump = await bench.addDevice('pump-1');
  const session = bench.connect(pump);
  await bench.registry.clock.advanceAsync(50_000);
  session.lastHeardAtMs = bench.registry.clock.now();
  await bench.registry.clock.advanceAsync(11_000);
  assert.equal((await stored(bench, pump))?.session?.lastHeardAtMs, session.lastHeardAtMs);
});

test('a device that is deleted while it is connected stops no batch', async () => {
  await using bench = await PresenceBench.open();
  const [gone, stays] = [await bench.addDevice('pump-1'), await bench.addDevice('pump-2')];
  bench.disconnect(bench.connect(gone), LOST);
  bench.disconnect(bench.connect(stays), LOST);
  await bench.registry.devices.delete(deviceName('pump-1'), 'local:test');
  await bench.registry.clock.advanceAsync(1_000);
  assert.equal((await stored(bench, stays))?.end?.code, 'CONNECTION_LOST');
  assert.deepEqual(bench.problems, []);
});

/** What the database alone knows, without what is in memory or open. */
async function stored({ registry }: PresenceBench, { numId }: DeviceRecord): Promise<Presence | undefined> {
  return (await readPresences(registry.database.executor, [numId])).get(numId);
}
