import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { QoS } from '@mkiot/core/mqtt/qos';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, type TestClient } from '../bridge.testing.ts';

async function subscribe(client: TestClient, ...filters: readonly (readonly [string, QoS])[]): Promise<unknown> {
  client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: filters.map(([filter, qos]) => ({ filter, qos })) });
  const answer = await client.packet();
  return answer?.type === 'SUBACK' ? answer.returnCodes : answer;
}

function messageOn(topic: string, text: string, packetId?: number): object {
  const qos = packetId === undefined ? 0 : 1;
  return { type: 'PUBLISH', topic, payload: utf8Encode(text), qos, retain: false, dup: false, packetId };
}

test('a device subscribes to its config and its commands; QoS 2 is granted as 1', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  assert.deepEqual(await subscribe(client, ['/devices/pump-1/config', 2], ['/devices/pump-1/commands/#', 0]), [1, 0]);
  const session = bench.bridge.session(1)!;
  assert.deepEqual([session.subscriptionQos('config'), session.subscriptionQos('commands')], [1, 0]);
  assert.equal(session.subscriptionQos('events'), undefined);
});

test('the config comes behind the SUBACK, at each subscribe, in one write with it', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  for (const packetId of [1, 2]) {
    const before = client.chunks;
    assert.deepEqual(await subscribe(client, ['/devices/pump-1/config', 1]), [1]);
    assert.deepEqual(await client.packet(), messageOn('/devices/pump-1/config', 'config', packetId));
    assert.equal(client.chunks - before, 1);
    assert.ok(!bench.domain.story.includes('config delivered: true'));
    client.send({ type: 'PUBACK', packetId });
    await client.packetsBeforePong();
    assert.equal(bench.domain.story.splice(0).filter((line) => line === 'config delivered: true').length, 1);
  }
});

test('a filter that is named many times in one SUBSCRIBE is delivered to once', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const many = Array.from({ length: 100 }, () => ['/devices/pump-1/config', 0] as const);
  assert.deepEqual(
    await subscribe(client, ...many),
    Array.from({ length: 100 }, () => 0),
  );
  assert.equal((await client.packetsBeforePong()).length, 1);
});

// The forbidden path: a device can never read another's topics, nor more of its own than the contract has.
for (const filter of [
  '#',
  '+',
  '/#',
  '/+/pump-1/config',
  '/devices/#',
  '/devices/+/config',
  '/devices/+/commands/#',
  '/devices/pump-1/#',
  '/devices/pump-1/+',
  '/devices/pump-1/config/#',
  '/devices/pump-1/config/',
  '/devices/pump-1/commands',
  '/devices/pump-1/commands/reboot',
  '/devices/pump-1/commands/+',
  '/devices/pump-1/commands/a/#',
  '/devices/pump-1/events',
  '/devices/pump-1/state',
  '/devices/pump-1/errors',
  '/devices/pump-10/config',
  '/devices/pump-/config',
  '/devices/valve-2/config',
  '/devices/valve-2/commands/#',
  '/devices/pump-1/../valve-2/config',
  '/devices/pump%2D1/config',
  '/devices//config',
  '//devices/pump-1/config',
  '/devices/pump-1//config',
  'devices/pump-1/config',
  '/devices/1/config',
  '$share/all/devices/valve-2/config',
  '/devices/PUMP-1/config',
]) {
  test(`subscribing to ${filter} fails for that filter alone, and nothing ever comes by it`, async () => {
    const bench = new BridgeBench();
    const victim = await bench.login('valve-2');
    await subscribe(victim, ['/devices/valve-2/config', 0], ['/devices/valve-2/commands/#', 0]);
    const client = await bench.login();
    assert.deepEqual(await subscribe(client, [filter, 1], ['/devices/pump-1/commands/#', 1]), [0x80, 1]);
    bench.bridge.session(3)!.deliver('commands', 'open', utf8Encode('for the valve'), () => undefined);
    bench.bridge.session(3)!.deliver('config', '', utf8Encode('for the valve'), () => undefined);
    assert.deepEqual(await client.packetsBeforePong(), []);
  });
}

test('a filter that is none breaks the protocol', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  // SUBSCRIBE to "a#"
  client.socket.write(Uint8Array.of(0x82, 7, 0, 1, 0, 2, 0x61, 0x23, 0));
  assert.deepEqual(await client.ended(), []);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER PROTOCOL_VIOLATION');
});

test('after UNSUBSCRIBE, which is always acknowledged, nothing is delivered', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  await subscribe(client, ['/devices/pump-1/commands/#', 1]);
  const filters = ['/devices/valve-2/config', '/devices/pump-1/commands/#', 'nonsense'];
  client.send({ type: 'UNSUBSCRIBE', packetId: 9, filters });
  assert.deepEqual(await client.packet(), { type: 'UNSUBACK', packetId: 9 });
  const session = bench.bridge.session(1)!;
  assert.equal(session.subscriptionQos('commands'), undefined);
  const told: boolean[] = [];
  session.deliver('commands', 'open', utf8Encode('x'), (delivered) => told.push(delivered));
  assert.deepEqual(told, [false]);
  assert.deepEqual(await client.packetsBeforePong(), []);
});

test('another device cannot unsubscribe for one', async () => {
  const bench = new BridgeBench();
  const victim = await bench.login('valve-2');
  await subscribe(victim, ['/devices/valve-2/commands/#', 1]);
  const client = await bench.login();
  client.send({ type: 'UNSUBSCRIBE', packetId: 1, filters: ['/devices/valve-2/commands/#'] });
  await client.packet();
  assert.equal(bench.bridge.session(3)!.subscriptionQos('commands'), 1);
});

test('a command at QoS 0 is done when it is handed to the socket, at QoS 1 when it is acknowledged', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const session = bench.bridge.session(1)!;
  const told: string[] = [];
  await subscribe(client, ['/devices/pump-1/commands/#', 0]);
  session.deliver('commands', '', utf8Encode('a'), (delivered) => told.push(`a ${delivered}`));
  assert.deepEqual(told, ['a true']);
  await subscribe(client, ['/devices/pump-1/commands/#', 1]).then((first) =>
    assert.deepEqual(first, messageOn('/devices/pump-1/commands', 'a')),
  );
  assert.equal((await client.packet())?.type, 'SUBACK');
  session.deliver('commands', 'open/wide', utf8Encode('b'), (delivered) => told.push(`b ${delivered}`));
  assert.deepEqual(await client.packet(), messageOn('/devices/pump-1/commands/open/wide', 'b', 1));
  assert.deepEqual(told, ['a true']);
  client.send({ type: 'PUBACK', packetId: 2 }, { type: 'PUBACK', packetId: 1 }, { type: 'PUBACK', packetId: 1 });
  await client.packetsBeforePong();
  assert.deepEqual(told, ['a true', 'b true']);
  assert.equal(bench.bridge.counts.messagesDelivered, 2);
});

test('what was not acknowledged when the session ends was not delivered, and that is told once', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  await subscribe(client, ['/devices/pump-1/commands/#', 1]);
  const told: boolean[] = [];
  const session = bench.bridge.session(1)!;
  for (let index = 0; index < 3; index++) session.deliver('commands', '', utf8Encode('x'), (it) => told.push(it));
  client.socket.destroy();
  await bench.pass(1_000);
  assert.deepEqual(told, [false, false, false]);
  session.deliver('commands', '', utf8Encode('x'), (it) => told.push(it));
  assert.equal(told.length, 4);
});

test('no more than the window is on its way, and no identifier is used twice in it', async () => {
  const bench = new BridgeBench({ inFlight: 3 });
  const client = await bench.login();
  await subscribe(client, ['/devices/pump-1/commands/#', 1]);
  const told: string[] = [];
  const session = bench.bridge.session(1)!;
  const deliver = (name: string): void =>
    session.deliver('commands', '', utf8Encode(name), (it) => told.push(`${name} ${it}`));
  for (const name of ['a', 'b', 'c', 'd']) deliver(name);
  assert.deepEqual(told, ['d false']);
  client.send({ type: 'PUBACK', packetId: 2 });
  const sent = await client.packetsBeforePong();
  assert.deepEqual(
    sent.map((packet) => 'packetId' in packet && packet.packetId),
    [1, 2, 3],
  );
  deliver('e');
  const [fifth] = await client.packetsBeforePong();
  assert.ok(fifth?.type === 'PUBLISH');
  assert.equal(fifth.packetId, 4);
  assert.deepEqual(told, ['d false', 'b true']);
});

test('a PINGREQ is answered and told', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send({ type: 'PINGREQ' });
  assert.deepEqual(await client.packet(), { type: 'PINGRESP' });
  assert.equal(bench.domain.story.at(-1), 'heartbeat of pump-1');
});
