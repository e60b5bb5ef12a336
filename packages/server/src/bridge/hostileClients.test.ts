import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { PACKET_TYPES } from '@mkiot/core/mqtt/packetTypes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BridgeBench, connectPacket, publishPacket } from './bridge.testing.ts';

const FROM_CLIENT: readonly Packet[] = [
  connectPacket('pump-1', { will: { topic: 'gone', payload: utf8Encode('bye'), qos: 1, retain: false } }),
  publishPacket('/devices/pump-1/events', 'text', 1),
  { type: 'PUBACK', packetId: 1 },
  { type: 'PUBREC', packetId: 1 },
  { type: 'PUBREL', packetId: 1 },
  { type: 'PUBCOMP', packetId: 1 },
  { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: '/devices/pump-1/config', qos: 1 }] },
  { type: 'UNSUBSCRIBE', packetId: 1, filters: ['/devices/pump-1/config'] },
  { type: 'PINGREQ' },
  { type: 'DISCONNECT' },
];

for (const packet of FROM_CLIENT) {
  const bytes = encodePacket(packet);

  test(`a ${packet.type} cut at any byte is waited for, and its sender's end is a lost connection`, async () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const bench = new BridgeBench();
      const client = packet.type === 'CONNECT' ? bench.connect() : await bench.login();
      client.socket.end(bytes.subarray(0, cut));
      assert.deepEqual(await client.ended(), []);
      assert.match(bench.domain.story.at(-1)!, /closed pump-1 #1 CLIENT CONNECTION_LOST|refused .*without DISCONNECT/);
      assert.deepEqual(bench.domain.messages, []);
    }
  });

  test(`a ${packet.type} that says it is over at any byte closes the connection or is another good packet`, async () => {
    for (let cut = 2; cut < bytes.length; cut++) {
      const bench = new BridgeBench();
      const bystander = await bench.login('valve-2');
      const client = packet.type === 'CONNECT' ? bench.connect() : await bench.login();
      const short = Uint8Array.from(bytes.subarray(0, cut));
      short[1] = cut - 2;
      client.socket.write(short);
      client.socket.end();
      await client.ended();
      assert.match(bench.domain.story.at(-1)!, /^(closed pump-1|refused )/);
      assert.equal(bench.domain.story.filter((line) => /^(closed pump-1|refused )/.test(line)).length, 1);
      assert.deepEqual(await bystander.packetsBeforePong(), []);
    }
  });
}

test('no packet of a server is taken from a client', async () => {
  for (const { number, from } of Object.values(PACKET_TYPES)) {
    if (from !== 'SERVER') continue;
    const bench = new BridgeBench();
    const client = await bench.login();
    client.socket.write(Uint8Array.of(number << 4, 2, 0, 1));
    assert.deepEqual(await client.ended(), []);
    assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER PROTOCOL_VIOLATION');
  }
});

test('random bytes end a connection at most, once, and harm nobody else', async () => {
  const bench = new BridgeBench();
  const bystander = await bench.login('valve-2');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.boolean(), async (bytes, loggedIn) => {
      const client = loggedIn ? await bench.login() : bench.connect();
      bench.domain.story.length = 0;
      client.socket.end(bytes);
      await client.ended();
      assert.equal(bench.domain.story.filter((line) => /^(closed|refused)/.test(line)).length, 1);
      assert.deepEqual(await bystander.packetsBeforePong(), []);
    }),
    { numRuns: 200 },
  );
  assert.deepEqual(bench.logLines, []);
});

test('a packet longer than any message may be is refused at its length', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  client.socket.write(Uint8Array.of(0x32, 0xff, 0xff, 0xff, 0x7f));
  assert.deepEqual(await client.ended(), []);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER PROTOCOL_VIOLATION');
});

test('the longest message of the contract gets through', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const text = 'x'.repeat(262_144);
  client.send(publishPacket(`/devices/pump-1/events/${'s'.repeat(256)}`, text, 1));
  assert.deepEqual(await client.packetsBeforePong(), [{ type: 'PUBACK', packetId: 1 }]);
  assert.equal(bench.domain.messages[0]?.text, text);
});

test('for a client that reads nothing little is kept, it is not read, and it is closed after a minute', async () => {
  const bench = new BridgeBench({ outgoingBytes: 100_000 });
  bench.domain.config = new Uint8Array(60_000);
  const client = await bench.login('pump-1', { keepAliveSeconds: 0 });
  client.socket.pause();
  let taken = 0;
  const config = { filter: '/devices/pump-1/config', qos: 0 } as const;
  const subscriptions = Array.from({ length: 30 }, () => config);
  const subscribe = encodePacket({ type: 'SUBSCRIBE', packetId: 1, subscriptions });
  for (let index = 0; index < 2_000; index++) client.socket.write(subscribe, () => taken++);
  await bench.pass(1_000);
  assert.ok(taken < 200, `${taken} of 2,000 packets were taken`);
  assert.ok(bench.domain.story.length < 20, `${bench.domain.story.length} answers were prepared`);
  const refused: boolean[] = [];
  bench.bridge.session(1)!.deliver('config', '', new Uint8Array(10), (delivered) => refused.push(delivered));
  assert.deepEqual(refused, [false]);
  await bench.pass(58_000);
  assert.equal(bench.bridge.sessionCount, 1);
  await bench.pass(4_000);
  assert.equal(bench.domain.story.at(-1), 'closed pump-1 #1 SERVER NOT_READING');
  await bench.pass(4_000);
  assert.equal(bench.bridge.connectionCount, 0);
});

test('a client that reads slowly but reads is not closed for it', async () => {
  const bench = new BridgeBench({ outgoingBytes: 100_000 });
  bench.domain.config = new Uint8Array(30_000);
  const client = await bench.login('pump-1', { keepAliveSeconds: 0 });
  client.socket.pause();
  for (let packetId = 1; packetId <= 10; packetId++) {
    client.send({ type: 'SUBSCRIBE', packetId, subscriptions: [{ filter: '/devices/pump-1/config', qos: 0 }] });
  }
  for (let round = 0; round < 10; round++) {
    await bench.pass(20_000);
    client.socket.read(40_000);
  }
  assert.equal(bench.bridge.sessionCount, 1);
  client.socket.resume();
  assert.equal((await client.packetsBeforePong()).filter((packet) => packet.type === 'SUBACK').length, 10);
});

test('a device with too many unsettled messages is not read until some are settled', async () => {
  const bench = new BridgeBench({ unsettledPublishes: 10 });
  bench.domain.holdsMessages = true;
  const client = await bench.login('pump-1', { keepAliveSeconds: 10 });
  for (let packetId = 1; packetId <= 25; packetId++)
    client.send(publishPacket('/devices/pump-1/events', 'x', packetId));
  await bench.pass(100_000);
  assert.equal(bench.domain.messages.length, 10, 'and the silence is ours, not the device’s');
  for (const { outcome, packetId } of bench.domain.messages.slice(0, 4)) outcome.accepted(packetId!);
  await bench.pass(1_000);
  assert.equal(bench.domain.messages.length, 14);
  bench.domain.holdsMessages = false;
  for (const { outcome, packetId } of bench.domain.messages.slice(4)) outcome.accepted(packetId!);
  await client.packetsBeforePong();
  assert.equal(bench.domain.messages.length, 25);
});

test('while the domain is saturated no socket is read; then all go on, and nothing is lost', async () => {
  const bench = new BridgeBench();
  const clients = [await bench.login('pump-1', { keepAliveSeconds: 5 }), await bench.login('valve-2')];
  bench.domain.onMessage = ({ packetId, outcome }) => {
    outcome.accepted(packetId!);
    bench.domain.backPressure.saturated = true;
  };
  const sendFrom = (index: number, device: string): void => {
    for (let packetId = 1; packetId <= 5; packetId++) {
      clients[index]!.send(publishPacket(`/devices/${device}/events`, `${device} ${packetId}`, packetId));
    }
  };
  sendFrom(0, 'pump-1');
  sendFrom(1, 'valve-2');
  await bench.pass(100_000);
  assert.equal(bench.domain.messages.length, 1);
  assert.equal(bench.bridge.sessionCount, 2, 'who is not read is not silent');
  bench.domain.backPressure.drain();
  await bench.pass(1_000);
  assert.equal(bench.domain.messages.length, 2, 'saturated again by the first that came through');
  bench.domain.onMessage = undefined;
  bench.domain.backPressure.drain();
  for (const client of clients) await client.packetsBeforePong();
  for (const device of ['pump-1', 'valve-2']) {
    const texts = bench.domain.messages.filter((message) => message.device === device).map(({ text }) => text);
    assert.deepEqual(
      texts,
      [1, 2, 3, 4, 5].map((number) => `${device} ${number}`),
    );
  }
});

test('a flood of PINGREQ is answered, every one', async () => {
  const bench = new BridgeBench();
  const client = await bench.login();
  const pings = 200_000;
  let bytes = 0;
  const answered = new Promise<void>((resolve) => {
    client.socket.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes === 2 * pings) resolve();
    });
  });
  client.socket.write(Buffer.from('c000'.repeat(pings), 'hex'));
  await answered;
});
