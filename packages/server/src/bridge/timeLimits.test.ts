import { encodePacket } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket } from './bridge.testing.ts';

/** How long the bridge takes to end `client`, in whole seconds of its clock; checked each second. */
async function secondsUntil(bench: BridgeBench, event: string, mostSeconds: number): Promise<number> {
  for (let seconds = 0; seconds <= mostSeconds; seconds++) {
    if (bench.domain.story.at(-1)?.includes(event)) return seconds;
    await bench.pass(1_000);
  }
  return assert.fail(`no ${event} within ${mostSeconds} s; the story is ${bench.domain.story.join(', ')}`);
}

test('who does not send CONNECT within ten seconds is closed', async () => {
  const bench = new BridgeBench();
  const client = bench.connect();
  await bench.hasConnections(1);
  assert.equal(await secondsUntil(bench, 'refused a stranger: SERVER: No CONNECT came in time.', 20), 10);
  assert.deepEqual(await client.ended(), []);
});

test('who sends CONNECT a byte a second is closed like who sends none', async () => {
  const bench = new BridgeBench();
  const client = bench.connect();
  for (const byte of encodePacket(connectPacket('pump-1')).subarray(0, 9)) {
    client.socket.write(Uint8Array.of(byte));
    await bench.pass(1_000);
  }
  assert.equal(await secondsUntil(bench, 'No CONNECT came in time', 20), 1);
});

test('the ten seconds count from the TCP connection, not from the end of the TLS handshake', async () => {
  const bench = new BridgeBench();
  await bench.pass(20_000);
  const early = bench.clock.monotonic() - 7_000;
  const { duplexPair } = await import('node:stream');
  bench.bridge.accept(duplexPair()[1], '192.0.2.1', early);
  assert.equal(await secondsUntil(bench, 'No CONNECT came in time', 20), 3);
});

test('a login that nobody decides is refused after ten seconds', async () => {
  const bench = new BridgeBench();
  bench.domain.loginGate = Promise.withResolvers<void>().promise;
  const client = bench.connect();
  client.send(connectPacket('pump-1'));
  await secondsUntil(bench, 'refused pump-1: SERVER: The login took too long', 11);
  assert.deepEqual(await client.ended(), [{ type: 'CONNACK', sessionPresent: false, returnCode: 5 }]);
});

for (const [keepAliveSeconds, closedAfter, code] of [
  [10, 15, 'KEEP_ALIVE_EXPIRED'],
  [1, 2, 'KEEP_ALIVE_EXPIRED'],
  [0, 1_200, 'IDLE'],
  [65_535, 1_200, 'IDLE'],
] as const) {
  test(`a device with a keep-alive of ${keepAliveSeconds} s is closed after ${closedAfter} s of silence`, async () => {
    const bench = new BridgeBench();
    await bench.login('pump-1', { keepAliveSeconds });
    assert.equal(await secondsUntil(bench, `closed pump-1 #1 SERVER ${code}`, closedAfter + 2), closedAfter);
  });
}

test('every whole packet keeps a device alive', async () => {
  const bench = new BridgeBench();
  const client = await bench.login('pump-1', { keepAliveSeconds: 10 });
  for (let round = 0; round < 5; round++) {
    await bench.pass(14_000);
    client.send(round % 2 === 0 ? { type: 'PINGREQ' } : publishPacket('/devices/pump-1/events', 'x'));
    await bench.pass(0);
  }
  assert.equal(bench.bridge.sessionCount, 1);
});

test('while we do not read, the keep-alive of nobody who has sent runs out, for as long as it takes', async () => {
  const bench = new BridgeBench();
  const clients = [
    ['pump-1', await bench.login('pump-1', { keepAliveSeconds: 10 })],
    ['valve-2', await bench.login('valve-2', { keepAliveSeconds: 10 })],
  ] as const;
  bench.domain.backPressure.saturated = true;
  for (const [device, client] of clients) {
    client.send(publishPacket(`/devices/${device}/events`, 'x', 1), { type: 'PINGREQ' });
  }
  await bench.pass(100_000);
  assert.equal(bench.bridge.sessionCount, 2);
  assert.equal(bench.domain.messages.length, 0);
  bench.domain.backPressure.drain();
  for (const [, client] of clients) {
    const answers = new Set([(await client.packet())?.type, (await client.packet())?.type]);
    assert.deepEqual(answers, new Set(['PUBACK', 'PINGRESP']));
  }
  // From now on silence is the device's own again.
  assert.equal(await secondsUntil(bench, 'KEEP_ALIVE_EXPIRED', 20), 15);
});

test('a device that is silent while we do not read is closed all the same', async () => {
  const bench = new BridgeBench();
  await bench.login('pump-1', { keepAliveSeconds: 10 });
  bench.domain.backPressure.saturated = true;
  assert.equal(await secondsUntil(bench, 'KEEP_ALIVE_EXPIRED', 20), 15);
});

test('a byte a second keeps nobody alive', async () => {
  const bench = new BridgeBench();
  const client = await bench.login('pump-1', { keepAliveSeconds: 10 });
  const bytes = encodePacket(publishPacket('/devices/pump-1/events', 'x'.repeat(100)));
  let seconds = 0;
  for (; bench.bridge.sessionCount > 0 && seconds < 60; seconds++) {
    client.socket.write(bytes.subarray(seconds, seconds + 1));
    await bench.pass(1_000);
  }
  assert.equal(seconds, 15);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER KEEP_ALIVE_EXPIRED');
});

test('a session ends when its login says so, with the reason that it gave, whatever the device does', async () => {
  const bench = new BridgeBench();
  bench.domain.endsAtMs = bench.clock.now() + 100_000;
  const client = await bench.login();
  for (let tens = 0; tens < 9; tens++) {
    await bench.pass(10_000);
    client.send({ type: 'PINGREQ' });
  }
  await bench.pass(9_000);
  assert.equal(bench.bridge.sessionCount, 1);
  await bench.pass(1_000);
  await client.ended();
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER TOKEN_EXPIRED');
});

test('a wall clock that jumps forward ends sessions, and moves no keep-alive', async () => {
  const bench = new BridgeBench();
  bench.domain.endsAtMs = bench.clock.now() + 3_600_000;
  await bench.login('pump-1');
  bench.domain.endsAtMs = Number.POSITIVE_INFINITY;
  await bench.login('valve-2');
  bench.clock.setWallClock(bench.clock.now() + 3_600_000);
  await bench.pass(1_000);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER TOKEN_EXPIRED');
  assert.equal(bench.bridge.sessionCount, 1);
});

test('a peer that does not close its end is cut off a little later', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.socket.on('end', () => undefined); // an end of its own would be the polite answer
  bench.bridge.session(1)!.close({ code: 'TEST', by: 'SERVER', message: 'test' });
  await client.ended();
  assert.equal(bench.bridge.connectionCount, 1);
  await bench.pass(3_000);
  assert.equal(bench.bridge.connectionCount, 0);
});

test('no timer is left when the last connection has gone', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send({ type: 'DISCONNECT' });
  await client.ended();
  client.socket.end();
  await bench.pass(3_000);
  assert.equal(bench.bridge.connectionCount, 0);
  let timersSet = 0;
  const setTimer = bench.clock.setTimer.bind(bench.clock);
  bench.clock.setTimer = (delayMs, callback) => {
    timersSet++;
    return setTimer(delayMs, callback);
  };
  await bench.pass(10_000);
  assert.equal(timersSet, 0);
});

test('closing the bridge closes every session with its reason and resolves when the sockets are closed', async () => {
  const bench = new BridgeBench();
  const clients = [await bench.login('pump-1'), await bench.login('valve-2'), bench.connect()];
  await bench.hasConnections(3);
  for (const client of clients) client.socket.on('end', () => client.socket.end());
  const closed = bench.bridge.close();
  for (const client of clients) assert.deepEqual(await client.ended(), []);
  await closed;
  assert.deepEqual(bench.domain.story.slice(2), [
    'closed pump-1 #1 SERVER SHUTTING_DOWN',
    'closed valve-2 #2 SERVER SHUTTING_DOWN',
    'refused a stranger: SERVER: The connection is closed because the server is shutting down.',
  ]);
  assert.equal(bench.bridge.counts.closed.get('SHUTTING_DOWN'), 3);
  assert.deepEqual(await bench.connect().ended(), []);
});
