import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, publishPacket, type TestSession } from '../bridge.testing.ts';

function sessionOf(bench: BridgeBench): TestSession {
  const session = bench.bridge.session(1);
  assert.ok(session !== undefined);
  return session;
}

test('a session tells what was agreed at its login', async () => {
  const bench = new BridgeBench();
  await bench.login('pump-1', { keepAliveSeconds: 20, protocolLevel: 5 });
  const { protocolLevel, keepAliveSeconds, lastHeardAtMs, expectedByMs } = sessionOf(bench);
  assert.deepEqual([protocolLevel, keepAliveSeconds], [5, 20]);
  assert.equal(lastHeardAtMs, bench.clock.now());
  assert.equal(expectedByMs, bench.clock.now() + 30_000);
});

test('any packet counts as a sign of life, also one that is not answered', async () => {
  const bench = new BridgeBench();
  const client = await bench.login('pump-1', { keepAliveSeconds: 20 });
  await bench.pass(7_000);
  client.send(publishPacket('/devices/pump-1/events', 'QoS 0'));
  await bench.pass(2_000);
  assert.equal(sessionOf(bench).lastHeardAtMs, bench.clock.now() - 2_000);
  assert.equal(sessionOf(bench).expectedByMs, bench.clock.now() + 28_000);
});

test('a device that promised no keep-alive is expected within the idle limit', async () => {
  const bench = new BridgeBench({ idleMs: 60_000 });
  await bench.login('pump-1', { keepAliveSeconds: 0 });
  assert.equal(sessionOf(bench).expectedByMs, bench.clock.now() + 60_000);
});

test('a session is closed at the moment that it told, and still tells when the device was heard last', async () => {
  const bench = new BridgeBench();
  const startMs = bench.clock.now();
  const client = await bench.login('pump-1', { keepAliveSeconds: 20 });
  const session = sessionOf(bench);
  await bench.pass(29_000);
  assert.equal(bench.bridge.sessionCount, 1);
  await bench.pass(1_000);
  await client.ended();
  assert.equal(bench.bridge.sessionCount, 0);
  assert.equal(session.lastHeardAtMs, startMs);
});

test('while packets wait for us the device is excused, and not heard', async () => {
  const bench = new BridgeBench();
  const client = await bench.login('pump-1', { keepAliveSeconds: 20 });
  await client.packetsBeforePong();
  const session = sessionOf(bench);
  const heardAtMs = session.lastHeardAtMs;
  bench.domain.backPressure.saturated = true;
  client.send({ type: 'PINGREQ' });
  await bench.pass(60_000);
  assert.equal(bench.bridge.sessionCount, 1);
  assert.equal(session.lastHeardAtMs, heardAtMs);
  assert.equal(session.expectedByMs, bench.clock.now() + 30_000);
  bench.domain.backPressure.drain();
  assert.equal((await client.packet())?.type, 'PINGRESP');
  assert.equal(session.lastHeardAtMs, bench.clock.now());
});

test('a wall clock that is set right moves the moments with it', async () => {
  const bench = new BridgeBench();
  await bench.login('pump-1', { keepAliveSeconds: 20 });
  await bench.pass(5_000);
  bench.clock.setWallClock(Date.UTC(2030, 0, 1));
  assert.equal(sessionOf(bench).lastHeardAtMs, Date.UTC(2030, 0, 1) - 5_000);
});
