import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Packet } from '@mkiot/core/mqtt/packet';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BridgeBench, connectPacket, publishPacket, type TestClient } from '../bridge.testing.ts';
import type { CloseReason } from '../hooks.ts';
import { keptWith, published, stop, willBench, willOf } from './wills.testing.ts';

type End = (client: TestClient, bench: BridgeBench) => unknown;

const sending =
  (...packets: readonly Packet[]): End =>
  (client) =>
    client.send(...packets);
const closing =
  (reason: Partial<CloseReason> = {}): End =>
  (_client, { bridge }) =>
    bridge.session(1)?.close({ code: 'CUT', by: 'SERVER', message: 'cut', ...reason });

const ENDS: readonly (readonly [name: string, hasWill: boolean, levels: readonly (4 | 5)[], end: End])[] = [
  ['its socket is lost', true, [4, 5], ({ socket }) => socket.destroy()],
  ['its socket fails', true, [4, 5], ({ socket }) => socket.destroy(new Error('reset'))],
  ['its side of the connection ends', true, [4, 5], ({ socket }) => socket.end()],
  ['its keep-alive runs out', true, [4, 5], (_client, bench) => bench.pass(90_000)],
  ['it breaks the protocol', true, [4, 5], sending(connectPacket('pump-1'))],
  ['it sends no MQTT', true, [4, 5], ({ socket }) => socket.write(Uint8Array.of(0xff, 0))],
  ['it publishes to a foreign topic', true, [4, 5], sending(publishPacket('/devices/valve-2/events', 'x'))],
  ['the server cuts it', true, [4, 5], closing()],
  ['another connection takes over', true, [4, 5], (_client, bench) => bench.login()],
  ['the platform ends', true, [4, 5], (_client, bench) => stop(bench)],
  ['it sends DISCONNECT with will, 0x04', true, [5], sending({ type: 'DISCONNECT', reasonCode: 0x04 })],
  ['it sends DISCONNECT with an error, 0x80', true, [5], sending({ type: 'DISCONNECT', reasonCode: 0x80 })],
  [
    'its DISCONNECT is against the rules',
    true,
    [5],
    sending({ type: 'DISCONNECT', properties: { sessionExpiryIntervalSeconds: 1 } }),
  ],
  ['it sends DISCONNECT', false, [4, 5], sending({ type: 'DISCONNECT' })],
  ['it is cut and nothing is taken from it any more', false, [4, 5], closing({ withdrawsWill: true })],
];

for (const [name, hasWill, levels, end] of ENDS) {
  for (const protocolLevel of levels) {
    test(`level ${protocolLevel}: when ${name}, its will is ${hasWill ? 'published once' : 'not published'}`, async () => {
      const bench = willBench();
      const client = await bench.login('pump-1', { protocolLevel, will: willOf() });
      await bench.pass(1_000);
      assert.deepEqual(published(bench), [], 'while it is connected there is none');
      await end(client, bench);
      await bench.pass(100_000);
      assert.deepEqual(published(bench), hasWill ? ['gone'] : []);
    });
  }
}

test('a will has its subfolder, QoS and properties, but for the delay', async () => {
  const bench = willBench();
  const properties = { userProperties: [['unit', 'm'] as const], messageExpiryIntervalSeconds: 9 };
  const will = willOf('gone', { qos: 0, properties: { ...properties, willDelayIntervalSeconds: 5 } });
  const client = await bench.login('pump-1', { protocolLevel: 5, will });
  await bench.loses(client);
  await bench.pass(1_000);
  assert.partialDeepStrictEqual(bench.domain.messages, [{ device: 'pump-1', kind: 'events', subfolder: 'gone' }]);
  assert.deepEqual(bench.domain.messages[0]?.published, { qos: 0, isWill: true, properties });
});

test('a will comes before anything of the connection that takes over, and before the domain hears of the end', async () => {
  const bench = willBench();
  bench.domain.onMessage = ({ text }) => void bench.domain.story.push(`message ${text}`);
  await bench.login('pump-1', { will: willOf() });
  const second = await bench.login();
  second.send(publishPacket('/devices/pump-1/events', 'here again'));
  await second.packetsBeforePong();
  assert.deepEqual(bench.domain.story.slice(1, -1), [
    'message gone',
    'closed pump-1 #1 SERVER TAKEN_OVER',
    'opened pump-1 #2',
    'message here again',
  ]);
});

test('a connection without a will leaves none, whatever the one before had', async () => {
  const bench = willBench();
  const first = await bench.login('pump-1', { cleanSession: false, will: willOf() });
  first.send({ type: 'DISCONNECT' });
  await first.ended();
  const second = await bench.login('pump-1', { cleanSession: false });
  await bench.loses(second);
  await bench.pass(100_000);
  assert.deepEqual(published(bench), []);
});

test('a gateway has a will of its own, and who is attached to it has none', async () => {
  const bench = willBench();
  const gateway = await bench.login('hub-1', { will: willOf('hub gone', { topic: '/devices/hub-1/events' }) });
  gateway.send(publishPacket('/devices/pump-1/attach', '{}', 1));
  await gateway.packetsBeforePong();
  await bench.loses(gateway);
  await bench.pass(1_000);
  assert.deepEqual(
    bench.domain.messages.map(({ device, text }) => [device, text]),
    [['hub-1', 'hub gone']],
  );
});

test('a will that the domain does not take is lost, and the log says whose it was and not what', async () => {
  const bench = willBench();
  const reason = { code: 'QUOTA_EXCEEDED', by: 'SERVER', message: 'too much' } as const;
  bench.domain.onMessage = ({ packetId, outcome }) => outcome.refused(reason, packetId);
  const client = await bench.login('pump-1', keptWith('secret', { delaySeconds: 0 }));
  await bench.loses(client);
  await bench.pass(200_000);
  assert.deepEqual(published(bench), ['secret'], 'it is not tried again');
  assert.match(bench.logLines.join('\n'), /"device":"pump-1".*too much.*is lost/);
  assert.doesNotMatch(bench.logLines.join('\n'), /secret/);
});

test('a domain that fails at a will harms nobody else', async () => {
  const bench = willBench();
  bench.domain.onMessage = () => assert.fail('the domain failed');
  const client = await bench.login('pump-1', { will: willOf() });
  await bench.loses(client);
  await bench.pass(1_000);
  assert.ok(bench.domain.story.includes('closed pump-1 #1 CLIENT CONNECTION_LOST'));
  assert.match(bench.logLines.join('\n'), /the domain failed.*is lost/);
});

test('the end of the platform waits until a will that is due is stored', async () => {
  const bench = willBench();
  bench.domain.holdsMessages = true;
  const client = await bench.login('pump-1', { will: willOf() });
  await bench.loses(client);
  await bench.pass(5_000);
  assert.equal(bench.bridge.connectionCount, 0);
  const end = bench.bridge.close().then(() => void bench.domain.story.push('ended'));
  await bench.pass(1_000);
  assert.notEqual(bench.domain.story.at(-1), 'ended');
  bench.domain.messages[0]?.outcome.accepted(1);
  await end;
  assert.equal(bench.domain.story.at(-1), 'ended');
});

test('the end of the platform does not wait for ever', async () => {
  const bench = willBench();
  bench.domain.holdsMessages = true;
  await bench.login('pump-1', { will: willOf() });
  await bench.login('valve-2', { will: willOf('valve gone', { topic: '/devices/valve-2/events' }) });
  const end = bench.bridge.close().then(() => void bench.domain.story.push('ended'));
  await bench.pass(1_900);
  assert.deepEqual(
    [published(bench), bench.domain.story.at(-1)],
    [['gone', 'valve gone'], 'closed valve-2 #2 SERVER SHUTTING_DOWN'],
  );
  bench.domain.messages[0]?.outcome.accepted(1);
  await bench.pass(3_000);
  await end;
  assert.equal(bench.domain.story.at(-1), 'ended');
});

const REFUSED: readonly (readonly [
  name: string,
  changes: Parameters<typeof willOf>[1],
  code4: number,
  code5: number,
])[] = [
  ['of another device', { topic: '/devices/valve-2/events' }, 5, 0x90],
  ['of a device with a longer name', { topic: '/devices/pump-10/events' }, 5, 0x90],
  ['of a kind that takes no wills', { topic: '/devices/pump-1/state' }, 5, 0x90],
  ['that only the server publishes to', { topic: '/devices/pump-1/config' }, 5, 0x90],
  ['of no device', { topic: 'gone' }, 5, 0x90],
  ['of its own, at a QoS that is not allowed', { qos: 2 }, 5, 0x9b],
  ['of its own, to be retained', { retain: true }, 0, 0x9a],
  ['of its own', {}, 0, 0],
];

for (const [name, changes, code4, code5] of REFUSED) {
  for (const [protocolLevel, returnCode] of [
    [4, code4],
    [5, code5],
  ] as const) {
    test(`level ${protocolLevel}: a will on a topic ${name} is answered with ${returnCode}`, async () => {
      const bench = willBench();
      const client = bench.connect(protocolLevel);
      client.send(connectPacket('pump-1', { protocolLevel, will: willOf('secret', changes) }));
      const connack = await client.packet();
      assert.ok(connack?.type === 'CONNACK');
      assert.equal(connack.returnCode, returnCode);
      assert.equal(bench.bridge.sessionCount, returnCode === 0 ? 1 : 0);
      if (returnCode !== 0) await client.ended();
      assert.deepEqual(published(bench), []);
      if (returnCode === 0x90) assert.match(bench.logLines.join('\n'), /"device":"pump-1".*WILL_TOPIC/);
      assert.doesNotMatch(bench.logLines.join('\n'), /secret/);
    });
  }
}

test('a refused will does not end the session that the device has', async () => {
  const bench = willBench();
  const first = await bench.login('pump-1', { will: willOf() });
  const second = bench.connect();
  second.send(connectPacket('pump-1', { will: willOf('x', { topic: 'gone' }) }));
  assert.equal((await second.ended()).length, 1);
  assert.deepEqual(await first.packetsBeforePong(), []);
  assert.deepEqual(published(bench), []);
});

test('where QoS 2 is allowed a will may have it', async () => {
  const bench = willBench();
  bench.domain.qos = 2;
  const client = await bench.login('pump-1', { will: { ...willOf(), qos: 2 } });
  await bench.loses(client);
  await bench.pass(1_000);
  assert.deepEqual(published(bench), ['gone']);
});

test('where wills are ignored none is published, whatever its topic', async () => {
  for (const will of [willOf(), willOf('x', { topic: 'gone' }), { ...willOf(), payload: utf8Encode('') }]) {
    const bench = willBench();
    bench.domain.hasWills = false;
    const client = await bench.login('pump-1', { will });
    await bench.loses(client);
    await bench.pass(1_000);
    assert.deepEqual(bench.domain.messages, []);
  }
});
