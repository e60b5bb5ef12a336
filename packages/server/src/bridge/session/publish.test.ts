import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodePublish } from '@mkiot/core/mqtt/publish';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket } from '../bridge.testing.ts';

test('a message reaches its route with its subfolder, and is acknowledged at QoS 1 only', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send(
    publishPacket('/devices/pump-1/events', 'a', 1),
    publishPacket('/devices/pump-1/events/temperature/inside', 'b'),
    publishPacket('/devices/pump-1/state', 'c', 3),
  );
  assert.deepEqual(await client.packetsBeforePong(), [
    { type: 'PUBACK', packetId: 1 },
    { type: 'PUBACK', packetId: 3 },
  ]);
  assert.deepEqual(
    bench.domain.messages.map(({ kind, subfolder, text, packetId }) => [kind, subfolder, text, packetId]),
    [
      ['events', '', 'a', 1],
      ['events', 'temperature/inside', 'b', undefined],
      ['state', '', 'c', 3],
    ],
  );
  assert.equal(bench.bridge.counts.messagesReceived, 3);
  assert.equal(bench.bridge.counts.messageBytesReceived, 3);
});

test('RETAIN and DUP are ignored', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const payload = utf8Encode('x');
  const topic = '/devices/pump-1/events';
  client.send({ type: 'PUBLISH', topic, payload, qos: 1, retain: true, dup: true, packetId: 1 });
  assert.deepEqual(await client.packetsBeforePong(), [{ type: 'PUBACK', packetId: 1 }]);
});

test('nothing is acknowledged before the domain says so, and then in the order of receipt', async () => {
  const bench = new BridgeBench();
  bench.domain.holdsMessages = true;
  const client = await bench.login();
  for (const packetId of [5, 6, 7]) client.send(publishPacket('/devices/pump-1/events', 'x', packetId));
  assert.deepEqual(await client.packetsBeforePong(), []);
  const [five, six, seven] = bench.domain.messages;
  seven!.outcome.accepted(7);
  six!.outcome.accepted(6);
  assert.deepEqual(await client.packetsBeforePong(), []);
  five!.outcome.accepted(5);
  const packetIds = (await client.packetsBeforePong()).map((packet) => 'packetId' in packet && packet.packetId);
  assert.deepEqual(packetIds, [5, 6, 7]);
});

test('all that one turn accepts is acknowledged in one write', async () => {
  const bench = new BridgeBench();
  bench.domain.holdsMessages = true;
  const client = await bench.login();
  for (let packetId = 1; packetId <= 50; packetId++)
    client.send(publishPacket('/devices/pump-1/events', 'x', packetId));
  await client.packetsBeforePong();
  const before = client.chunks;
  for (const { outcome, packetId } of bench.domain.messages) outcome.accepted(packetId!);
  for (let packetId = 1; packetId <= 50; packetId++)
    assert.deepEqual(await client.packet(), { type: 'PUBACK', packetId });
  assert.equal(client.chunks - before, 1);
});

test('one outcome object serves a session for all its messages', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send(publishPacket('/devices/pump-1/events', 'a', 1), publishPacket('/devices/pump-1/state', 'b', 2));
  await client.packetsBeforePong();
  assert.equal(bench.domain.messages[0]!.outcome, bench.domain.messages[1]!.outcome);
});

test('a refused message closes the connection without a PUBACK, and nothing behind it is heard', async () => {
  const bench = new BridgeBench();
  bench.domain.onMessage = ({ outcome }) =>
    outcome.refused({ code: 'TOO_OFTEN', by: 'SERVER', message: 'too often' }, 1);
  const client = await bench.login();
  client.send(publishPacket('/devices/pump-1/state', 'a', 1), publishPacket('/devices/pump-1/events', 'b', 2));
  assert.deepEqual(await client.ended(), []);
  assert.equal(bench.domain.messages.length, 1);
  assert.deepEqual(bench.domain.story, ['opened pump-1 #1', 'closed pump-1 #1 SERVER TOO_OFTEN']);
});

test('what was accepted before the end is still acknowledged', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send(publishPacket('/devices/pump-1/events', 'a', 1), { type: 'DISCONNECT' });
  assert.deepEqual(await client.ended(), [{ type: 'PUBACK', packetId: 1 }]);
});

test('QoS 2 closes the connection', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const packet = publishPacket('/devices/pump-1/events', 'x', 1);
  const bytes = encodePublish(packet as Parameters<typeof encodePublish>[0], 4);
  bytes[0] = 0x34;
  client.socket.write(bytes);
  assert.deepEqual(await client.ended(), []);
  assert.deepEqual(bench.domain.messages, []);
  assert.deepEqual(bench.domain.story, ['opened pump-1 #1', 'closed pump-1 #1 SERVER QOS_2']);
});

test('what is left of a QoS 2 exchange with another server is brought to its end', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send({ type: 'PUBREC', packetId: 7 }, { type: 'PUBREL', packetId: 8 }, { type: 'PUBCOMP', packetId: 9 });
  assert.deepEqual(await client.packetsBeforePong(), [
    { type: 'PUBREL', packetId: 7 },
    { type: 'PUBCOMP', packetId: 8 },
  ]);
});

for (const type of ['PUBREC', 'PUBCOMP'] as const) {
  test(`a ${type} for a message at QoS 1 closes the connection`, async () => {
    const bench = new BridgeBench();
    const client = await bench.login();
    client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: '/devices/pump-1/config', qos: 1 }] });
    await client.packet();
    client.send({ type, packetId: 1 });
    await client.ended();
    assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER PROTOCOL_VIOLATION');
  });
}

test('a route that fails closes only its own connection', async () => {
  const bench = new BridgeBench();
  const bystander = await bench.login('valve-2');
  const client = await bench.login();
  bench.domain.onMessage = () => {
    throw new Error('disk on fire');
  };
  client.send(publishPacket('/devices/pump-1/events', 'secret payload', 1));
  assert.deepEqual(await client.ended(), []);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #2 SERVER BRIDGE_FAILED');
  assert.match(bench.logLines.join(), /disk on fire/);
  assert.doesNotMatch(bench.logLines.join(), /secret payload/);
  assert.deepEqual(await bystander.packetsBeforePong(), []);
});

// The forbidden path: a device can never write another's topics, nor topics that nobody has.
for (const topic of [
  '/devices/valve-2/events',
  '/devices/valve-2/state',
  '/devices/pump-10/events', // its own id is a prefix of this one
  '/devices/pump-/events', // and this one a prefix of its own
  '/devices/PUMP-1/events',
  '/devices/pump-1 /events',
  '/devices/pump%2D1/events',
  '/devices/pump-1/../valve-2/events',
  '/devices/pump-1//events',
  '/devices//pump-1/events',
  '//devices/pump-1/events',
  'devices/pump-1/events',
  '/devices/pump-1/events/',
  '/devices/pump-1/events//a',
  '/devices/pump-1/events/../../valve-2/events',
  '/devices/pump-1/eventsandmore',
  '/devices/pump-1/EVENTS',
  '/devices/pump-1/config',
  '/devices/pump-1/commands',
  '/devices/pump-1/commands/reboot',
  '/devices/pump-1/attach',
  '/devices/pump-1/errors',
  '/devices/pump-1/state/more',
  '/devices/pump-1/unknown',
  '/devices/pump-1/',
  '/devices/pump-1',
  '/devices/1/events', // the numeric id
  '/',
  'events',
  '$SYS/broker',
  `/devices/pump-1/events/${'a'.repeat(257)}`,
  '\uFEFF/devices/pump-1/events',
  'x'.repeat(60_000),
]) {
  test(`publishing to ${JSON.stringify(topic.slice(0, 60))} closes the connection and reaches nobody`, async () => {
    const bench = new BridgeBench();
    const client = await bench.login();
    // Twice: a topic that was refused must not be remembered as one that leads somewhere.
    for (const packetId of [1, undefined]) {
      const sender = packetId === 1 ? client : await bench.login();
      sender.send(publishPacket(topic, 'x', packetId));
      assert.deepEqual(await sender.ended(), []);
      assert.match(bench.domain.story.at(-1)!, /closed pump-1 #\d SERVER TOPIC_NOT_ALLOWED/);
    }
    assert.deepEqual(bench.domain.messages, []);
  });
}

for (const topic of ['/devices/+/events', '/devices/pump-1/#', '/devices/pump-1/events/#']) {
  test(`a wildcard in the topic of a message, ${topic}, breaks the protocol`, async () => {
    const bench = new BridgeBench();
    const client = await bench.login();
    const bytes = Buffer.from(encodePublish(publishPacket(topic.replaceAll(/[+#]/g, '*'), 'x') as never, 4));
    client.socket.write(
      Buffer.from(bytes.toString('latin1').replaceAll('*', topic.includes('+') ? '+' : '#'), 'latin1'),
    );
    assert.deepEqual(await client.ended(), []);
    assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER PROTOCOL_VIOLATION');
    assert.deepEqual(bench.domain.messages, []);
  });
}

test('a device that uses many topics finds the right route for each', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const subfolders = Array.from({ length: 100 }, (_, index) => `room-${index % 40}`);
  client.send(...subfolders.map((subfolder) => publishPacket(`/devices/pump-1/events/${subfolder}`, subfolder)));
  await client.packetsBeforePong();
  assert.deepEqual(
    bench.domain.messages.map(({ subfolder }) => subfolder),
    subfolders,
  );
});

test('a domain that fails at the beginning of a session loses that session, and hears of its end', async () => {
  const bench = new BridgeBench();
  bench.domain.opened = () => {
    throw new Error('no room');
  };
  const client = bench.connect();
  client.send(connectPacket('pump-1'));
  await client.ended();
  assert.deepEqual(bench.domain.story, ['closed pump-1 #1 SERVER BRIDGE_FAILED']);
  assert.equal(bench.bridge.sessionCount, 0);
});

test('a domain that fails at the end of a session is logged, and the session has ended all the same', async () => {
  const bench = new BridgeBench();
  bench.domain.closed = () => {
    throw new Error('no ink');
  };
  const client = await bench.login();
  client.send({ type: 'DISCONNECT' });
  await client.ended();
  assert.match(bench.logLines.join(), /no ink/);
  assert.equal(bench.bridge.sessionCount, 0);
  await bench.login();
  assert.equal(bench.bridge.session(1)?.epoch, 2);
});
