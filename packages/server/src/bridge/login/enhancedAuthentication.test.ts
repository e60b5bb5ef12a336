// MQTT 5.0, section 4.12.
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket, RIDDLES, type TestClient } from '../bridge.testing.ts';

const METHOD = { authenticationMethod: 'RIDDLE' };

function auth(reasonCode: number, text?: string, method = METHOD): Packet {
  const authenticationData = text === undefined ? {} : { authenticationData: utf8Encode(text) };
  return { type: 'AUTH', reasonCode, properties: { ...method, ...authenticationData } };
}

/** A client that has been asked the riddle. */
async function asked(bench: BridgeBench, properties: ConnectPacket['properties'] = {}): Promise<TestClient> {
  const client = bench.connect(5);
  const connect = { protocolLevel: 5, password: undefined, properties: { ...METHOD, ...properties } } as const;
  client.send(connectPacket('pump-1', connect));
  assert.deepEqual(await client.packet(), auth(0x18, RIDDLES.login));
  return client;
}

async function loggedIn(bench: BridgeBench, properties?: ConnectPacket['properties']): Promise<TestClient> {
  const client = await asked(bench, properties);
  client.send(auth(0x18, RIDDLES.solution));
  const connack = await client.packet();
  assert.ok(connack?.type === 'CONNACK' && connack.returnCode === 0);
  assert.equal(connack.properties?.authenticationMethod, 'RIDDLE');
  return client;
}

test('a device that answers rightly is logged in, and its CONNACK names the method', async () => {
  const bench = new BridgeBench();
  await loggedIn(bench);
  assert.deepEqual(bench.domain.story, ['opened pump-1 #1']);
});

for (const [name, answer, story] of [
  ['a wrong answer', auth(0x18, 'please'), 'SERVER: The login was refused. wrong password'],
  ['another method', auth(0x18, RIDDLES.solution, { authenticationMethod: 'PASSWORD' }), 'PROTOCOL'],
  ['a re-authentication', auth(0x19), 'PROTOCOL'],
  ['a PUBLISH', publishPacket('/devices/pump-1/events', 'x', 1), 'PROTOCOL'],
  ['a second CONNECT', connectPacket('pump-1', { protocolLevel: 5 }), 'PROTOCOL'],
  ['a DISCONNECT', { type: 'DISCONNECT' }, 'CLIENT: The device sent DISCONNECT.'],
] as const) {
  test(`${name} in place of the answer opens no session`, async () => {
    const bench = new BridgeBench();
    const client = await asked(bench);
    client.send(answer);
    const [last] = await client.ended();
    assert.equal(bench.bridge.sessionCount, 0);
    const isRefusal = story.includes('refused');
    assert.deepEqual(last, isRefusal ? { type: 'CONNACK', sessionPresent: false, returnCode: 0x87 } : undefined);
    const told =
      story === 'PROTOCOL' ? 'SERVER: The connection was closed because the device broke the MQTT protocol.' : story;
    assert.ok(bench.domain.story[0]?.startsWith(`refused pump-1: ${told}`), String(bench.domain.story[0]));
  });
}

test('what comes before the answer was asked for waits, and is no answer to what was asked later', async () => {
  const bench = new BridgeBench();
  const gate = Promise.withResolvers<void>();
  bench.domain.loginGate = gate.promise;
  const client = bench.connect(5);
  client.send(connectPacket('pump-1', { protocolLevel: 5, properties: METHOD }), auth(0x18, RIDDLES.solution));
  gate.resolve();
  assert.equal((await client.packet())?.type, 'AUTH');
  assert.equal((await client.packet())?.type, 'CONNACK');
});

test('a device that does not answer is refused in time', async () => {
  const bench = new BridgeBench({ loginMs: 10_000 });
  const client = await asked(bench);
  await bench.pass(11_000);
  assert.deepEqual(await client.ended(), [{ type: 'CONNACK', sessionPresent: false, returnCode: 0x87 }]);
});

test('a device that takes no packet as long as the challenge is refused', async () => {
  const bench = new BridgeBench();
  const client = bench.connect(5);
  client.send(connectPacket('pump-1', { protocolLevel: 5, properties: { ...METHOD, maximumPacketSizeBytes: 20 } }));
  assert.deepEqual(await client.ended(), [{ type: 'CONNACK', sessionPresent: false, returnCode: 0x87 }]);
});

for (const [verdict, deviceId, returnCode] of [
  ['acceptance', 'pump-1', 0],
  ['refusal', 'nobody', 0x87],
] as const) {
  test(`an ${verdict} says its user properties, and goes without them to who takes no such packet`, async () => {
    const bench = new BridgeBench();
    bench.domain.userProperties = [['server-time', '0'.repeat(500)]];
    for (const [maximumPacketSizeBytes, expected] of [
      [1_000, bench.domain.userProperties],
      [100, undefined],
    ] as const) {
      const client = bench.connect(5);
      client.send(connectPacket(deviceId, { protocolLevel: 5, properties: { maximumPacketSizeBytes } }));
      const connack = await client.packet();
      assert.ok(connack?.type === 'CONNACK' && connack.returnCode === returnCode);
      assert.deepEqual(connack.properties?.userProperties, expected);
    }
  });
}

test('a re-authentication moves the end of the session, and messages go on meanwhile', async () => {
  const bench = new BridgeBench();
  bench.domain.endsAtMs = bench.clock.now() + 60_000;
  const client = await loggedIn(bench);
  client.send(auth(0x19), publishPacket('/devices/pump-1/events', 'between', 7));
  const answers = [await client.packet(), await client.packet()];
  assert.deepEqual(new Set(answers.map((answer) => answer?.type)), new Set(['AUTH', 'PUBACK']));
  bench.domain.endsAtMs = bench.clock.now() + 600_000;
  client.send(auth(0x18, RIDDLES.solution));
  assert.deepEqual(await client.packet(), auth(0));
  await bench.pass(65_000);
  assert.equal(bench.bridge.sessionCount, 1);
  assert.equal(bench.bridge.session(1)?.endsAtMs, bench.domain.endsAtMs);
});

test('a re-authentication asks the domain for what renews, not for what logs in', async () => {
  const bench = new BridgeBench();
  const client = await loggedIn(bench);
  client.send(auth(0x19));
  assert.deepEqual(await client.packet(), auth(0x18, RIDDLES.renewal));
});

for (const [name, packets, reasonCode] of [
  ['a wrong answer', [auth(0x19), auth(0x18, 'please')], 0x87],
  ['an answer to nothing', [auth(0x18, RIDDLES.solution)], 0x82],
  ['another method', [auth(0x19, undefined, { authenticationMethod: 'PASSWORD' })], 0x82],
  ['a second beginning', [auth(0x19), auth(0x19)], 0x82],
] as const) {
  test(`a re-authentication with ${name} ends the session with 0x${reasonCode.toString(16)}`, async () => {
    const bench = new BridgeBench();
    const client = await loggedIn(bench);
    for (const packet of packets) {
      client.send(packet);
      await client.packetsBeforePong().catch(() => undefined);
    }
    await client.ended();
    assert.equal(bench.bridge.sessionCount, 0);
    assert.match(bench.domain.story.at(-1) ?? '', reasonCode === 0x87 ? /RENEWAL_REFUSED$/ : /PROTOCOL_VIOLATION$/);
  });
}

test('a session that was opened without a method cannot be re-authenticated', async () => {
  const bench = new BridgeBench();
  const client = await bench.login('pump-1', { protocolLevel: 5 });
  client.send(auth(0x19));
  assert.deepEqual(await client.ended(), [{ type: 'DISCONNECT', reasonCode: 0x82 }]);
});
