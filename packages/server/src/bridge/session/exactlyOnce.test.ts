import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Packet } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, publishPacket, type TestClient } from '../bridge.testing.ts';
import type { BridgeLimits } from '../bridgeLimits.ts';
import { MemorySessionStore } from '../keptSessions/sessionStore.testing.ts';

const EVENTS = '/devices/pump-1/events';
const COMMANDS = '/devices/pump-1/commands/#';

function bench2(limits: Partial<BridgeLimits> = {}, store?: MemorySessionStore): BridgeBench {
  const kept = store === undefined ? {} : { sessionStore: store, storedSessions: store.read() };
  const bench = new BridgeBench(limits, 0, kept);
  bench.domain.qos = 2;
  return bench;
}

function kept(bench: BridgeBench): Promise<TestClient> {
  return bench.login('pump-1', { cleanSession: false });
}

function publish2(text: string, packetId: number, dup = false): Packet {
  return { ...publishPacket(EVENTS, text, packetId), qos: 2, dup } as Packet;
}

function texts(bench: BridgeBench): readonly string[] {
  return bench.domain.messages.map(({ text }) => text);
}

test('a QoS 2 message goes through PUBREC, PUBREL and PUBCOMP, and reaches its route once', async () => {
  const bench = bench2();
  const client = await bench.login();
  client.send(publish2('a', 5));
  assert.deepEqual(await client.packet(), { type: 'PUBREC', packetId: 5 });
  client.send(publish2('a', 5, true), { type: 'PUBREL', packetId: 5 });
  assert.deepEqual(await client.packet(), { type: 'PUBREC', packetId: 5 });
  assert.deepEqual(await client.packet(), { type: 'PUBCOMP', packetId: 5 });
  assert.deepEqual(texts(bench), ['a']);
  client.send(publish2('b', 5));
  assert.deepEqual(await client.packet(), { type: 'PUBREC', packetId: 5 });
  assert.deepEqual(texts(bench), ['a', 'b'], 'after PUBREL the identifier is free');
});

test('CONNACK names no maximum QoS where QoS 2 is on, and a will may have it', async () => {
  const bench = bench2();
  const client = bench.connect(5);
  const will = { topic: 'gone', payload: new Uint8Array(0), qos: 2, retain: false } as const;
  const connect = { type: 'CONNECT', protocolLevel: 5, clientId: 'pump-1', cleanSession: true } as const;
  client.send({ ...connect, keepAliveSeconds: 60, will, userName: 'unused', password: utf8Encode('open sesame') });
  const connack = await client.packet();
  assert.ok(connack?.type === 'CONNACK' && connack.returnCode === 0);
  assert.equal(connack.properties?.maximumQoS, undefined);
});

test('no PUBREC goes before the message is stored, and then in the order of receipt', async () => {
  const bench = bench2();
  bench.domain.holdsMessages = true;
  const client = await bench.login();
  client.send(publish2('a', 1), publish2('b', 2), publish2('a', 1, true));
  assert.deepEqual(await client.packetsBeforePong(), []);
  bench.domain.messages[1]!.outcome.accepted(2);
  assert.deepEqual(await client.packetsBeforePong(), []);
  bench.domain.messages[0]!.outcome.accepted(1);
  assert.deepEqual(await client.packetsBeforePong(), [
    { type: 'PUBREC', packetId: 1 },
    { type: 'PUBREC', packetId: 2 },
  ]);
  assert.deepEqual(texts(bench), ['a', 'b']);
});

test('one identifier at QoS 1 and at QoS 2 at once is two messages', async () => {
  const bench = bench2();
  bench.domain.holdsMessages = true;
  const client = await bench.login();
  client.send(publishPacket(EVENTS, 'one', 1), publish2('two', 1));
  await client.packetsBeforePong();
  for (const { outcome } of bench.domain.messages.toReversed()) outcome.accepted(1);
  assert.deepEqual((await client.packetsBeforePong()).map(({ type }) => type).sort(), ['PUBACK', 'PUBREC']);
});

test('what was stored before the connection was lost is not stored again when the device sends it again', async () => {
  const bench = bench2();
  const first = await kept(bench);
  first.send(publish2('a', 1), publish2('b', 2));
  await first.packetsBeforePong();
  first.socket.destroy();
  const second = await kept(bench);
  second.send(publish2('a', 1, true), { type: 'PUBREL', packetId: 2 });
  assert.deepEqual(await second.packetsBeforePong(), [
    { type: 'PUBREC', packetId: 1 },
    { type: 'PUBCOMP', packetId: 2 },
  ]);
  assert.deepEqual(texts(bench), ['a', 'b']);
});

test('a message that is being stored at a take-over is answered on the new connection, and stored once', async () => {
  const bench = bench2();
  bench.domain.holdsMessages = true;
  const first = await kept(bench);
  first.send(publish2('a', 1));
  await first.packetsBeforePong();
  const second = await kept(bench);
  second.send(publish2('a', 1, true));
  assert.deepEqual(await second.packetsBeforePong(), []);
  bench.domain.messages[0]!.outcome.accepted(1);
  assert.deepEqual(await second.packetsBeforePong(), [{ type: 'PUBREC', packetId: 1 }]);
  assert.deepEqual(await first.ended(), []);
  assert.deepEqual(texts(bench), ['a']);
});

test('a message whose storing fails ends the connection, also a later one, and is new when it comes again', async () => {
  const bench = bench2();
  bench.domain.holdsMessages = true;
  const first = await kept(bench);
  first.send(publish2('a', 1));
  await first.packetsBeforePong();
  const second = await kept(bench);
  second.send(publish2('a', 1, true));
  await second.packetsBeforePong();
  bench.domain.messages[0]!.outcome.refused({ code: 'DISK', by: 'SERVER', message: 'disk full' }, 1);
  assert.deepEqual(await second.ended(), []);
  bench.domain.holdsMessages = false;
  const third = await kept(bench);
  third.send(publish2('a', 1, true));
  assert.deepEqual(await third.packet(), { type: 'PUBREC', packetId: 1 });
  assert.deepEqual(texts(bench), ['a', 'a']);
});

test('after a restart the identifiers are known, and those that were released are not', async () => {
  const store = new MemorySessionStore();
  const first = await kept(bench2({}, store));
  first.send(publish2('a', 1), publish2('b', 2));
  await first.packetsBeforePong();
  first.send({ type: 'PUBREL', packetId: 2 });
  await first.packetsBeforePong();
  const restarted = bench2({}, store);
  const second = await kept(restarted);
  second.send(publish2('a', 1, true), publish2('new', 2));
  await second.packetsBeforePong();
  assert.deepEqual(texts(restarted), ['new']);
});

test('an identifier that cannot be stored ends the connection without a PUBREC', async () => {
  const store = new MemorySessionStore();
  const bench = bench2({}, store);
  const client = await kept(bench);
  store.failure = new Error('disk full');
  client.send(publish2('a', 1));
  assert.deepEqual(await client.ended(), []);
  assert.ok(bench.domain.story.at(-1)?.endsWith('NOT_STORED'));
  store.failure = undefined;
  const back = await kept(bench);
  back.send(publish2('a', 1, true));
  assert.deepEqual(await back.packet(), { type: 'PUBREC', packetId: 1 });
  assert.deepEqual(texts(bench), ['a']);
});

test('a PUBREL before the PUBREC breaks the protocol, and so do more open messages than the receive maximum', async () => {
  const bench = bench2({ unsettledPublishes: 2 });
  bench.domain.holdsMessages = true;
  const hasty = await bench.login();
  hasty.send(publish2('a', 1), { type: 'PUBREL', packetId: 1 });
  assert.deepEqual(await hasty.ended(), []);
  bench.domain.holdsMessages = false;
  const greedy = await bench.login();
  greedy.send(publish2('a', 1), publish2('b', 2), publish2('c', 3));
  await greedy.ended();
  assert.ok(bench.domain.story.at(-1)?.endsWith('RECEIVE_MAXIMUM_EXCEEDED'));
});

async function subscribed2(bench: BridgeBench, client: TestClient): Promise<void> {
  client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: COMMANDS, qos: 2 }] });
  assert.deepEqual(await client.packet(), { type: 'SUBACK', packetId: 1, returnCodes: [2] });
  assert.equal(bench.bridge.session(1)?.subscriptionQos('commands'), 2);
}

function command(bench: BridgeBench, told: string[], terms = {}): void {
  bench.bridge.session(1)!.deliver('commands', '', utf8Encode('go'), (it) => void told.push(`go ${it}`), terms);
}

test('a message to a device at QoS 2 is done at its PUBREC, and its identifier free at its PUBCOMP', async () => {
  const bench = bench2({ inFlight: 1 });
  const client = await bench.login();
  await subscribed2(bench, client);
  const told: string[] = [];
  command(bench, told);
  assert.deepEqual(await client.packetsBeforePong(), [
    {
      type: 'PUBLISH',
      topic: '/devices/pump-1/commands',
      payload: utf8Encode('go'),
      qos: 2,
      retain: false,
      dup: false,
      packetId: 1,
    },
  ]);
  client.send({ type: 'PUBREC', packetId: 1 });
  assert.deepEqual(await client.packetsBeforePong(), [{ type: 'PUBREL', packetId: 1 }]);
  assert.deepEqual(told, ['go true']);
  command(bench, told);
  assert.deepEqual(told, ['go true', 'go false'], 'the identifier is in use');
  client.send({ type: 'PUBCOMP', packetId: 1 });
  await client.packetsBeforePong();
  command(bench, told);
  assert.equal((await client.packetsBeforePong()).length, 1);
});

test('after a restart a QoS 2 message goes on where it was: PUBLISH again, or PUBREL', async () => {
  const store = new MemorySessionStore();
  const bench = bench2({}, store);
  const client = await kept(bench);
  await subscribed2(bench, client);
  command(bench, []);
  command(bench, []);
  await client.packetsBeforePong();
  client.send({ type: 'PUBREC', packetId: 1 });
  await client.packetsBeforePong();
  const restarted = bench2({}, store);
  const back = await kept(restarted);
  const packets = await back.packetsBeforePong();
  assert.deepEqual(packets[0], { type: 'PUBREL', packetId: 1 });
  assert.ok(packets[1]?.type === 'PUBLISH' && packets[1].dup && packets[1].packetId === 2);
});

test('a QoS 2 message that expired after it was sent is ended by PUBREL, never sent again', async () => {
  const bench = bench2();
  const client = await kept(bench);
  await subscribed2(bench, client);
  const told: string[] = [];
  command(bench, told, { expiresAtMs: bench.clock.now() + 5_000 });
  await client.packetsBeforePong();
  client.socket.destroy();
  await bench.pass(30_000);
  const back = await kept(bench);
  assert.deepEqual(await back.packetsBeforePong(), [{ type: 'PUBREL', packetId: 1 }]);
  assert.deepEqual(told, ['go false']);
  back.send({ type: 'PUBCOMP', packetId: 1 });
  await back.packetsBeforePong();
  assert.deepEqual(bench.bridge.keptSession(1)?.messages(), []);
});
