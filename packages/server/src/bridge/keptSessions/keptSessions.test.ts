import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { QoS } from '@mkiot/core/mqtt/qos';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, type TestClient } from '../bridge.testing.ts';
import type { DeliveryTerms } from '../deliveryTerms.ts';
import type { QueueOutcome } from '../keptSessionLink.ts';
import { MemorySessionStore } from './sessionStore.testing.ts';

const COMMANDS = '/devices/pump-1/commands/#';
const CONFIG = '/devices/pump-1/config';

/** Connects as a device that wants its session kept, and says whether there was one. */
async function comeBack(bench: BridgeBench, changes: Partial<ConnectPacket> = {}) {
  const client = bench.connect(changes.protocolLevel);
  client.send(connectPacket('pump-1', { cleanSession: false, ...changes }));
  const connack = await client.packet();
  assert.ok(connack?.type === 'CONNACK' && connack.returnCode === 0);
  return { client, connack, isPresent: connack.sessionPresent };
}

async function subscribe(client: TestClient, filter: string, qos: QoS = 1): Promise<void> {
  client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter, qos }] });
  assert.equal((await client.packet())?.type, 'SUBACK');
}

async function leave(client: TestClient): Promise<void> {
  client.send({ type: 'DISCONNECT' });
  await client.ended();
}

function queue(bench: BridgeBench, text: string, terms: DeliveryTerms = {}): Promise<QueueOutcome> {
  const kept = bench.bridge.keptSession(1);
  assert.ok(kept !== undefined, 'there is a kept session');
  return kept.queue('commands', '', utf8Encode(text), terms);
}

function deliver(bench: BridgeBench, text: string, told: string[], terms: DeliveryTerms = {}): void {
  const session = bench.bridge.session(1);
  assert.ok(session !== undefined);
  session.deliver('commands', '', utf8Encode(text), (it) => void told.push(`${text} ${it}`), terms);
}

/** What a client has been sent, as `text #packetId`, with `again` where DUP is set. */
function publications(packets: readonly Packet[]): readonly string[] {
  return packets.map((packet) =>
    packet.type === 'PUBLISH'
      ? `${utf8Decode(packet.payload)} #${packet.packetId}${packet.dup ? ' again' : ''}`
      : packet.type,
  );
}

test('a device that asks for it finds its session again, once, and its subscriptions in it', async () => {
  const bench = new BridgeBench();
  const first = await comeBack(bench);
  assert.equal(first.isPresent, false);
  await subscribe(first.client, COMMANDS);
  await leave(first.client);
  const second = await comeBack(bench);
  assert.equal(second.isPresent, true);
  assert.equal(bench.bridge.session(1)?.subscriptionQos('commands'), 1);
  await leave(second.client);
  assert.equal((await comeBack(bench, { cleanSession: true })).isPresent, false);
  assert.equal(bench.bridge.session(1)?.subscriptionQos('commands'), undefined);
  assert.equal(bench.bridge.keptSessionCount, 0);
});

test('what is queued while a device is away comes in its order, and is gone once it is acknowledged', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  await leave(client);
  for (const text of ['a', 'b', 'c']) assert.ok(typeof (await queue(bench, text)) === 'object');
  const back = await comeBack(bench);
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['a #1', 'b #2', 'c #3']);
  for (const packetId of [1, 2, 3]) back.client.send({ type: 'PUBACK', packetId });
  await back.client.packetsBeforePong();
  assert.deepEqual(bench.bridge.keptSession(1)?.messages(), []);
  assert.deepEqual({ ...bench.bridge.heldMessages }, { messages: 0, bytes: 0 });
});

test('what was sent and not acknowledged is sent again with its identifier and DUP, before anything new', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  const told: string[] = [];
  for (const text of ['a', 'b', 'c']) deliver(bench, text, told);
  client.send({ type: 'PUBACK', packetId: 2 });
  await client.packetsBeforePong();
  client.socket.destroy();
  await bench.pass(1_000);
  await queue(bench, 'd');
  assert.deepEqual(told, ['b true'], 'the fate of the others is open');
  const back = await comeBack(bench);
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['a #1 again', 'c #3 again', 'd #4']);
  for (const packetId of [1, 3, 4]) back.client.send({ type: 'PUBACK', packetId });
  await back.client.packetsBeforePong();
  assert.deepEqual(told, ['b true', 'a true', 'c true']);
});

test('no more is sent again at a time than the receive maximum of the new connection', async () => {
  const bench = new BridgeBench();
  const properties = { sessionExpiryIntervalSeconds: 60 };
  const { client } = await comeBack(bench, { protocolLevel: 5, properties });
  await subscribe(client, COMMANDS);
  for (const text of ['a', 'b', 'c']) deliver(bench, text, []);
  await client.packetsBeforePong();
  client.socket.destroy();
  await bench.pass(1_000);
  const back = await comeBack(bench, { protocolLevel: 5, properties: { ...properties, receiveMaximum: 2 } });
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['a #1 again', 'b #2 again']);
  back.client.send({ type: 'PUBACK', packetId: 2 });
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['c #3 again']);
});

test('a session outlives its connection as long as CONNACK says, and no longer', async () => {
  const bench = new BridgeBench({ sessionExpirySeconds: 100 });
  const asked = { protocolLevel: 5, properties: { sessionExpiryIntervalSeconds: 0xffff_ffff } } as const;
  const { client, connack } = await comeBack(bench, asked);
  assert.equal(connack.properties?.sessionExpiryIntervalSeconds, 100);
  await leave(client);
  await bench.pass(99_000);
  const back = await comeBack(bench, asked);
  assert.equal(back.isPresent, true);
  await leave(back.client);
  await bench.pass(100_000);
  assert.equal((await comeBack(bench, asked)).isPresent, false);
});

test('MQTT 5: a device may keep a session that it has begun clean, and end it as it leaves', async () => {
  const bench = new BridgeBench();
  const properties = { sessionExpiryIntervalSeconds: 60 };
  const { client } = await comeBack(bench, { protocolLevel: 5, cleanSession: true, properties });
  await leave(client);
  const back = await comeBack(bench, { protocolLevel: 5, properties });
  assert.equal(back.isPresent, true);
  back.client.send({ type: 'DISCONNECT', properties: { sessionExpiryIntervalSeconds: 0 } });
  await back.client.ended();
  assert.equal((await comeBack(bench, { protocolLevel: 5, properties })).isPresent, false);
});

test('MQTT 5: a session that is resumed without an expiry ends with that connection, and what waited is told', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  await leave(client);
  await queue(bench, 'a');
  const back = await comeBack(bench, { protocolLevel: 5 });
  assert.equal(back.isPresent, true);
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['a #1']);
  back.client.socket.destroy();
  await bench.pass(1_000);
  assert.equal(bench.bridge.keptSession(1), undefined);
  assert.ok(bench.domain.story.includes('dropped commands #1 of pump-1: SESSION_ENDED'));
});

test('where the platform keeps none, CONNACK says so and every session ends with its connection', async () => {
  const bench = new BridgeBench({ sessionExpirySeconds: 0 });
  const asked = { protocolLevel: 5, properties: { sessionExpiryIntervalSeconds: 60 } } as const;
  const { client, connack } = await comeBack(bench, asked);
  assert.equal(connack.properties?.sessionExpiryIntervalSeconds, 0);
  await leave(client);
  assert.equal((await comeBack(bench, asked)).isPresent, false);
  assert.equal((await comeBack(bench)).isPresent, false);
});

test('a queue takes no more than its limits, of a device and of all, and says so', async () => {
  const bench = new BridgeBench({ queuedMessages: 2, queuedBytes: 10, queuedTotalBytes: 10 });
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  await leave(client);
  assert.equal(await queue(bench, 'x'.repeat(11)), 'FULL');
  await queue(bench, 'a');
  assert.equal(await queue(bench, 'x'.repeat(10)), 'FULL');
  await queue(bench, 'b');
  assert.equal(await queue(bench, 'c'), 'FULL');
});

test('nothing is queued without a subscription at QoS 1', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS, 0);
  await leave(client);
  assert.equal(await queue(bench, 'a'), 'NOT_SUBSCRIBED');
  const back = await comeBack(bench);
  back.client.send({ type: 'UNSUBSCRIBE', packetId: 2, filters: [COMMANDS] });
  await back.client.packetsBeforePong();
  await leave(back.client);
  assert.equal(await queue(bench, 'a'), 'NOT_SUBSCRIBED');
});

test('a message that is worth nothing any more is dropped, whether it waits or was sent, and its owner is told', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  const told: string[] = [];
  deliver(bench, 'sent', told, { expiresAtMs: bench.clock.now() + 10_000 });
  await client.packetsBeforePong();
  client.socket.destroy();
  await bench.pass(1_000);
  await queue(bench, 'waiting', { expiresAtMs: bench.clock.now() + 10_000 });
  await queue(bench, 'lasting');
  await bench.pass(30_000);
  assert.deepEqual(told, ['sent false']);
  const back = await comeBack(bench);
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['lasting #2']);
  assert.deepEqual(
    bench.domain.story.filter((line) => line.startsWith('dropped')),
    ['dropped commands #1 of pump-1: EXPIRED', 'dropped commands #2 of pump-1: EXPIRED'],
  );
  assert.equal(bench.bridge.counts.dropped.get('EXPIRED'), 2);
});

for (const [reason, end] of [
  ['CLEAN_START', (bench: BridgeBench) => comeBack(bench, { cleanSession: true })],
  ['SESSION_EXPIRED', (bench: BridgeBench) => bench.pass(110_000)],
  ['SESSION_ENDED', async (bench: BridgeBench) => bench.bridge.endKeptSession(1)],
] as const) {
  test(`what waits in a session that ends is dropped as ${reason}`, async () => {
    const bench = new BridgeBench({ sessionExpirySeconds: 100 });
    const { client } = await comeBack(bench);
    await subscribe(client, COMMANDS);
    await leave(client);
    await queue(bench, 'a');
    await end(bench);
    assert.ok(bench.domain.story.includes(`dropped commands #1 of pump-1: ${reason}`));
    assert.deepEqual({ ...bench.bridge.heldMessages }, { messages: 0, bytes: 0 });
  });
}

test('MQTT 5: what the device refuses or takes no packet for is dropped and told', async () => {
  const bench = new BridgeBench();
  const properties = { sessionExpiryIntervalSeconds: 60, maximumPacketSizeBytes: 80 };
  const { client } = await comeBack(bench, { protocolLevel: 5, properties });
  await subscribe(client, COMMANDS);
  const told: string[] = [];
  deliver(bench, 'a', told);
  client.send({ type: 'PUBACK', packetId: 1, reasonCode: 0x97 });
  await client.packetsBeforePong();
  deliver(bench, 'x'.repeat(80), told);
  assert.deepEqual(told, ['a false', `${'x'.repeat(80)} false`]);
  assert.deepEqual(
    bench.domain.story.filter((line) => line.startsWith('dropped')),
    ['dropped commands #1 of pump-1: REFUSED', 'dropped commands #2 of pump-1: TOO_LARGE'],
  );
});

test('a config that was on its way is sent again, and what becomes of it is told to its route', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, CONFIG);
  await client.packet();
  client.socket.destroy();
  await bench.pass(1_000);
  const back = await comeBack(bench);
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['config #1 again']);
  back.client.send({ type: 'PUBACK', packetId: 1 });
  await back.client.packetsBeforePong();
  assert.ok(bench.domain.story.includes('config resumed by pump-1, pending 7'));
  assert.ok(bench.domain.story.includes('config 7 settled: true'));
  assert.ok(!bench.domain.story.includes('config delivered: true'), 'who sent it first is not told twice');
});

test('another device finds nothing of a session', async () => {
  const bench = new BridgeBench();
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  await leave(client);
  await queue(bench, 'secret');
  const stranger = bench.connect();
  stranger.send(connectPacket('valve-2', { cleanSession: false }));
  assert.deepEqual(await stranger.packet(), { type: 'CONNACK', sessionPresent: false, returnCode: 0 });
  assert.deepEqual(await stranger.packetsBeforePong(), []);
});

test('after a restart a session is as it was, with its identifiers', async () => {
  const store = new MemorySessionStore();
  const bench = new BridgeBench({}, 0, { sessionStore: store });
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  deliver(bench, 'sent', []);
  await client.packetsBeforePong();
  void bench.bridge.close();
  await client.ended();
  await queue(bench, 'waiting');

  const restarted = new BridgeBench({}, 100, { sessionStore: store, storedSessions: store.read() });
  const back = await comeBack(restarted);
  assert.equal(back.isPresent, true);
  assert.deepEqual(publications(await back.client.packetsBeforePong()), ['sent #1 again', 'waiting #2']);
  assert.equal(restarted.bridge.session(1)?.subscriptionQos('commands'), 1);
  for (const packetId of [1, 2]) back.client.send({ type: 'PUBACK', packetId });
  await back.client.packetsBeforePong();
  assert.deepEqual(store.read()[0]?.messages, []);
});

test('a session that was open when the platform crashed has its whole time from the restart on', async () => {
  const store = new MemorySessionStore();
  const bench = new BridgeBench({}, 0, { sessionStore: store });
  await comeBack(bench);
  const restarted = new BridgeBench({}, 100, { sessionStore: store, storedSessions: store.read() });
  const expiresAtMs = restarted.bridge.keptSession(1)?.expiresAtMs;
  assert.equal(expiresAtMs, restarted.clock.now() + 86_400_000);
});

test('a message that cannot be stored is not queued', async () => {
  const store = new MemorySessionStore();
  const bench = new BridgeBench({}, 0, { sessionStore: store });
  const { client } = await comeBack(bench);
  await subscribe(client, COMMANDS);
  await leave(client);
  store.failure = new Error('disk full');
  assert.equal(await queue(bench, 'a'), 'NOT_STORED');
  assert.deepEqual(bench.bridge.keptSession(1)?.messages(), []);
});

test('a lower limit after a restart holds for the sessions that were kept before', async () => {
  const store = new MemorySessionStore();
  const bench = new BridgeBench({}, 0, { sessionStore: store });
  await leave((await comeBack(bench)).client);
  for (const [sessionExpirySeconds, expiresInMs] of [
    [100, 100_000],
    [0, undefined],
  ] as const) {
    const restarted = new BridgeBench({ sessionExpirySeconds }, 100, {
      sessionStore: store,
      storedSessions: store.read(),
    });
    const expiresAtMs = restarted.bridge.keptSession(1)?.expiresAtMs;
    assert.equal(expiresAtMs, expiresInMs && restarted.clock.now() + expiresInMs);
  }
  assert.deepEqual(store.read(), []);
});
