import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, publishPacket } from '../bridge.testing.ts';
import type { PublishedMessage } from '../hooks.ts';

const { NO_MATCHING_SUBSCRIBERS } = REASON_CODES;
const COMMANDS = { filter: '/devices/pump-1/commands/#', qos: 1 } as const;

for (const level of [4, 5] as const) {
  test(`at level ${level} a PUBACK says beside success what the domain says, where there is a word for it`, async () => {
    const bench = new BridgeBench();
    bench.domain.onMessage = ({ packetId, outcome }) => outcome.accepted(packetId!, NO_MATCHING_SUBSCRIBERS.code);
    const client = await bench.login('pump-1', { protocolLevel: level });
    client.send(publishPacket('/devices/pump-1/events', 'x', 7), publishPacket('/devices/pump-1/events', 'x', 8));
    const word = level === 5 ? { reasonCode: NO_MATCHING_SUBSCRIBERS.code } : {};
    assert.deepEqual(await client.packetsBeforePong(), [
      { type: 'PUBACK', packetId: 7, ...word },
      { type: 'PUBACK', packetId: 8, ...word },
    ]);
  });
}

test('a message goes at a lower QoS than was granted where the domain wants so, never at a higher one', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [COMMANDS] });
  await client.packetsBeforePong();
  const session = bench.bridge.session(1)!;
  for (const qos of [0, 1, 2] as const) session.deliver('commands', '', utf8Encode('x'), () => undefined, { qos });
  const packets = await client.packetsBeforePong();
  assert.deepEqual(
    packets.map((packet) => packet.type === 'PUBLISH' && packet.qos),
    [0, 1, 1],
  );
});

for (const level of [4, 5] as const) {
  test(`at level ${level} a device hears the properties of a message if it can, with its subscription identifier`, async () => {
    const bench = new BridgeBench();
    const client = await bench.login('pump-1', { protocolLevel: level });
    const identifier = level === 5 ? { properties: { subscriptionIdentifiers: [3] } } : {};
    client.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [COMMANDS], ...identifier });
    await client.packetsBeforePong();
    const properties = { contentType: 'text/plain', correlationData: Uint8Array.of(1) };
    bench.bridge.session(1)!.deliver('commands', '', utf8Encode('x'), () => undefined, { properties });
    const [packet] = await client.packetsBeforePong();
    assert.ok(packet?.type === 'PUBLISH');
    const expected = { ...properties, subscriptionIdentifiers: [3] };
    assert.deepEqual(packet.properties, level === 5 ? expected : undefined);
  });
}

test('a route hears the QoS and the properties of a message', async () => {
  const bench = new BridgeBench();
  const heard: (PublishedMessage | undefined)[] = [];
  bench.domain.onMessage = ({ packetId, outcome, published }) => {
    heard.push(published);
    outcome.accepted(packetId!);
  };
  const client = await bench.login('pump-1', { protocolLevel: 5 });
  const properties = { userProperties: [['unit', 'm'] as const] };
  client.send({ ...publishPacket('/devices/pump-1/events', 'x', 1), properties } as ReturnType<typeof publishPacket>);
  await client.packetsBeforePong();
  assert.deepEqual(
    heard.map((message) => [message?.qos, message?.properties]),
    [[1, { userProperties: [['unit', 'm']] }]],
  );
});
