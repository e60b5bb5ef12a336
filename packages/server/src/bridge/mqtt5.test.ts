import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { Properties } from '@mkiot/core/mqtt/properties';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket, type TestClient } from './bridge.testing.ts';
import type { BridgeLimits } from './bridgeLimits.ts';
import { closeReason } from './closeReasons.ts';

const EVENTS = '/devices/pump-1/events';

function login5(bench: BridgeBench, changes: Partial<ConnectPacket> = {}): Promise<TestClient> {
  return bench.login('pump-1', { protocolLevel: 5, ...changes });
}

function publish5(topic: string, packetId: number, properties: Properties): Packet {
  return { ...publishPacket(topic, 'x', packetId), properties } as Packet;
}

async function answerTo(connect: Partial<ConnectPacket>, limits: Partial<BridgeLimits> = {}): Promise<Packet[]> {
  const client = new BridgeBench(limits).connect(5);
  client.send(connectPacket('pump-1', { protocolLevel: 5, ...connect }));
  client.send({ type: 'DISCONNECT' });
  return client.ended();
}

test('CONNACK says what this server offers', async () => {
  const properties = {
    receiveMaximum: 4_096,
    maximumQoS: 1,
    retainAvailable: 0,
    maximumPacketSizeBytes: 263_168,
    topicAliasMaximum: 10,
    sharedSubscriptionAvailable: 0,
  };
  const accepted = { type: 'CONNACK', sessionPresent: false, returnCode: 0 };
  assert.deepEqual(await answerTo({}), [{ ...accepted, properties }]);
  const ofKeeping = { sessionExpiryIntervalSeconds: 100_000 };
  assert.deepEqual(await answerTo({ cleanSession: false, keepAliveSeconds: 0, properties: ofKeeping }), [
    { ...accepted, properties: { sessionExpiryIntervalSeconds: 86_400, ...properties, serverKeepAliveSeconds: 800 } },
  ]);
});

const will = { topic: 'gone', payload: new Uint8Array(0), qos: 0, retain: false } as const;
for (const [name, connect, returnCode] of [
  ['an authentication method', { properties: { authenticationMethod: 'SCRAM' } }, 0x8c],
  ['no client identifier', { clientId: '' }, 0x85],
  ['a will at QoS 2', { will: { ...will, qos: 2 } }, 0x9b],
  ['a will to be retained', { will: { ...will, retain: true } }, 0x9a],
  ['a wrong password', { password: utf8Encode('guess') }, 0x87],
] as const) {
  test(`a CONNECT with ${name} is refused with 0x${returnCode.toString(16)}`, async () => {
    assert.deepEqual(await answerTo(connect), [{ type: 'CONNACK', sessionPresent: false, returnCode }]);
  });
}

test('a client that takes no packet as long as the CONNACK gets none, and no session', async () => {
  const bench = new BridgeBench();
  const client = bench.connect(5);
  client.send(connectPacket('pump-1', { protocolLevel: 5, properties: { maximumPacketSizeBytes: 10 } }));
  assert.deepEqual(await client.ended(), []);
  assert.equal(bench.bridge.sessionCount, 0);
  assert.match(bench.domain.story.join(), /^refused pump-1: CLIENT: The device takes no packet/);
});

for (const [name, packets, reasonCode] of [
  ['a second CONNECT', [connectPacket('pump-1', { protocolLevel: 5 })], 0x82],
  ['an AUTH', [{ type: 'AUTH', reasonCode: 0x18 }], 0x82],
  ['QoS 2', [{ ...publishPacket(EVENTS, 'x', 1), qos: 2 }], 0x9b],
  ['RETAIN', [{ ...publishPacket(EVENTS, 'x'), retain: true }], 0x9a],
  ['the topic of another device', [publishPacket('/devices/valve-2/events', 'x', 1)], 0x87],
  ['a topic alias that was never set', [publish5('', 1, { topicAlias: 1 })], 0x82],
  ['a topic alias above the maximum', [publish5(EVENTS, 1, { topicAlias: 11 })], 0x94],
  ['a subscription identifier in a PUBLISH', [publish5(EVENTS, 1, { subscriptionIdentifiers: [1] })], 0x82],
  [
    'a DISCONNECT that prolongs the session',
    [{ type: 'DISCONNECT', properties: { sessionExpiryIntervalSeconds: 1 } }],
    0x82,
  ],
] as const) {
  test(`${name} closes a client of MQTT 5 with 0x${reasonCode.toString(16)}`, async () => {
    const bench = new BridgeBench();
    const client = await login5(bench);
    client.send(...(packets as readonly Packet[]));
    assert.deepEqual(await client.ended(), [{ type: 'DISCONNECT', reasonCode }]);
    assert.deepEqual(bench.domain.messages, []);
  });
}

test('bytes that are no MQTT 5 close with the reason code of the rule, a packet too large with its own', async () => {
  for (const [bytes, reasonCode] of [
    ['c100', 0x81],
    ['30060001610201ff', 0x82],
    ['30ffffff7f', 0x95],
    ['2003000000', 0x82],
  ] as const) {
    const client = await login5(new BridgeBench());
    client.socket.write(Buffer.from(bytes, 'hex'));
    assert.deepEqual(await client.ended(), [{ type: 'DISCONNECT', reasonCode }], bytes);
  }
});

test('whoever is taken over, outlives its time or meets a shutdown is told so', async () => {
  const bench = new BridgeBench();
  const first = await login5(bench);
  const second = await login5(bench);
  assert.deepEqual(await first.ended(), [{ type: 'DISCONNECT', reasonCode: 0x8e }]);
  bench.bridge.session(1)!.close({ code: 'SESSION_TOO_LONG', by: 'SERVER', message: 'It was long enough.' });
  assert.deepEqual(await second.ended(), [{ type: 'DISCONNECT', reasonCode: 0xa0 }]);
  const third = await login5(bench);
  void bench.bridge.close();
  assert.partialDeepStrictEqual(await third.ended(), [{ type: 'DISCONNECT', reasonCode: 0x8b }]);
});

test('a shutdown says when to come back, in MQTT 5.0; in MQTT 3.1.1 it can only close', async () => {
  const bench = new BridgeBench();
  const [newer, older] = [await login5(bench), await bench.login('valve-2')];
  void bench.bridge.close();
  const properties = { userProperties: [['retry-after', '3']] };
  assert.deepEqual(await newer.ended(), [{ type: 'DISCONNECT', reasonCode: 0x8b, properties }]);
  assert.deepEqual(await older.ended(), []);
});

test('a client that says goodbye hears nothing more', async () => {
  const bench = new BridgeBench();
  const client = await login5(bench);
  client.send({ type: 'DISCONNECT', reasonCode: 4 });
  assert.deepEqual(await client.ended(), []);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 CLIENT CLIENT_DISCONNECT');
});

test('a topic alias stands for what it was set to last, on its own connection only', async () => {
  const bench = new BridgeBench();
  const client = await login5(bench);
  client.send(
    publish5(`${EVENTS}/a`, 1, { topicAlias: 1 }),
    publish5('', 2, { topicAlias: 1 }),
    publish5(`${EVENTS}/b`, 3, { topicAlias: 1 }),
    publish5('', 4, { topicAlias: 1 }),
  );
  await client.packetsBeforePong();
  assert.deepEqual(
    bench.domain.messages.map(({ subfolder }) => subfolder),
    ['a', 'a', 'b', 'b'],
  );
  const next = await login5(bench);
  next.send(publish5('', 1, { topicAlias: 1 }));
  assert.deepEqual(await next.ended(), [{ type: 'DISCONNECT', reasonCode: 0x82 }]);
});

test('a client that sends more than the receive maximum is closed with 0x93', async () => {
  const bench = new BridgeBench({ unsettledPublishes: 2 });
  bench.domain.holdsMessages = true;
  const client = await login5(bench);
  client.send(publishPacket(EVENTS, '1', 1), publishPacket(EVENTS, '2', 2));
  assert.deepEqual(await client.packetsBeforePong(), []);
  client.send(publishPacket(EVENTS, '3', 3));
  assert.deepEqual(await client.ended(), [{ type: 'DISCONNECT', reasonCode: 0x93 }]);
  assert.equal(bench.domain.messages.length, 2);
});

test('SUBACK and UNSUBACK say for each filter what became of it', async () => {
  const client = await login5(new BridgeBench());
  const filters = ['/devices/pump-1/config', '/devices/valve-2/config', '$share/a/b', '/devices/+/config', 'x'];
  client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: filters.map((filter) => ({ filter, qos: 2 })) });
  const [suback] = await client.packetsBeforePong();
  assert.deepEqual(suback, { type: 'SUBACK', packetId: 1, returnCodes: [1, 0x87, 0x9e, 0xa2, 0x87] });
  client.send({ type: 'UNSUBSCRIBE', packetId: 2, filters: filters.slice(0, 2) });
  assert.deepEqual(await client.packetsBeforePong(), [{ type: 'UNSUBACK', packetId: 2, reasonCodes: [0, 0x11] }]);
});

test('messages carry the subscription identifier, within the receive maximum and packet size of the client', async () => {
  const bench = new BridgeBench();
  const client = await login5(bench, { properties: { receiveMaximum: 1, maximumPacketSizeBytes: 100 } });
  client.send({
    type: 'SUBSCRIBE',
    packetId: 1,
    subscriptions: [{ filter: '/devices/pump-1/commands/#', qos: 1 }],
    properties: { subscriptionIdentifiers: [300] },
  });
  await client.packetsBeforePong();
  const fates: boolean[] = [];
  const deliver = (text: string): void =>
    bench.bridge.session(1)!.deliver('commands', '', utf8Encode(text), (delivered) => void fates.push(delivered));
  deliver('x'.repeat(200));
  deliver('one');
  deliver('two');
  assert.deepEqual(fates, [false, false]);
  const [message] = await client.packetsBeforePong();
  assert.ok(message?.type === 'PUBLISH' && message.packetId !== undefined);
  assert.deepEqual(message.properties, { subscriptionIdentifiers: [300] });
  client.send({ type: 'PUBACK', packetId: message.packetId, reasonCode: 0x83 });
  await client.packetsBeforePong();
  assert.deepEqual(fates, [false, false, false]);
});

test('a reason of the bridge for MQTT 5 is in its table', () => {
  assert.equal(closeReason('KEEP_ALIVE_EXPIRED').reasonCode, 0x8d);
});
