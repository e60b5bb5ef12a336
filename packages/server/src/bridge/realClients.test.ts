import { concatBytes } from '@mkiot/core/bytes/bytes';
import { encodePacket } from '@mkiot/core/mqtt/packet';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectPacket, PASSWORD, publishPacket, TestClient } from './bridge.testing.ts';
import { TlsBench } from './tls.testing.ts';

/** npm's mqtt, which none of us wrote. */
function mqttJs({ authority, listener }: TlsBench, options: IClientOptions = {}): Promise<MqttClient> {
  return connectAsync({
    protocol: 'mqtts',
    host: '127.0.0.1',
    servername: 'localhost',
    port: listener.port,
    ca: authority.cert,
    clientId: 'pump-1',
    username: 'unused',
    password: PASSWORD,
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...options,
  });
}

function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => void client.once('close', resolve));
}

test('npm mqtt connects, subscribes, publishes at both QoS and receives config and commands', async () => {
  await using bench = await TlsBench.open();
  const { bridge, domain } = bench.bench;
  const client = await mqttJs(bench);
  const received: [string, string][] = [];
  client.on('message', (topic, payload) => void received.push([topic, payload.toString()]));

  const granted = await client.subscribeAsync({
    '/devices/pump-1/config': { qos: 1 },
    '/devices/pump-1/commands/#': { qos: 0 },
  });
  assert.deepEqual(
    granted.map(({ qos }) => qos),
    [1, 0],
  );
  await client.publishAsync('/devices/pump-1/events/temperature', '21.5', { qos: 1 });
  await client.publishAsync('/devices/pump-1/state', 'well', { qos: 0 });
  await client.publishAsync('/devices/pump-1/events', 'last', { qos: 1, retain: true });
  assert.deepEqual(
    domain.messages.map(({ kind, subfolder, text }) => [kind, subfolder, text]),
    [
      ['events', 'temperature', '21.5'],
      ['state', '', 'well'],
      ['events', '', 'last'],
    ],
  );

  const arrived = new Promise((resolve) => client.once('message', resolve));
  bridge.session(1)!.deliver('commands', 'open', Buffer.from('now'), () => undefined);
  await arrived;
  assert.deepEqual(received, [
    ['/devices/pump-1/config', 'config'],
    ['/devices/pump-1/commands/open', 'now'],
  ]);
  assert.ok(domain.story.includes('config delivered: true'));
  await client.unsubscribeAsync('/devices/pump-1/config');
  assert.equal(bridge.session(1)!.subscriptionQos('config'), undefined);

  await client.endAsync();
  while (bridge.connectionCount > 0) await new Promise(setImmediate);
  assert.equal(domain.story.at(-1), 'closed pump-1 #1 CLIENT CLIENT_DISCONNECT');
});

test('npm mqtt hears that it is not authorised, also when a SUBSCRIBE lies behind its CONNECT', async () => {
  await using bench = await TlsBench.open();
  await assert.rejects(mqttJs(bench, { password: 'guess' }), { code: 5 });
  const client = new TestClient(await bench.tls());
  const login = connectPacket('pump-1', { password: Buffer.from('guess') });
  const flood = Array.from({ length: 100 }, () => publishPacket('/devices/pump-1/events', 'x'.repeat(1_000)));
  client.send(login, ...flood);
  assert.deepEqual(await client.ended(), [{ type: 'CONNACK', sessionPresent: false, returnCode: 5 }]);
  assert.deepEqual(bench.bench.domain.messages, []);
});

test('npm mqtt speaks MQTT 5, with topic aliases, properties and the reason of its end', async () => {
  await using bench = await TlsBench.open();
  const { bridge, domain } = bench.bench;
  const client = await mqttJs(bench, { protocolVersion: 5, properties: { receiveMaximum: 5 } });
  client.on('error', () => undefined);
  const received: unknown[] = [];
  client.on('message', (topic, payload, { properties }) => void received.push([topic, payload.toString(), properties]));
  await client.subscribeAsync('/devices/pump-1/config', { qos: 1, properties: { subscriptionIdentifier: 7 } });
  for (const topic of ['/devices/pump-1/events', '']) {
    await client.publishAsync(topic, 'x', { qos: 1, properties: { topicAlias: 1, userProperties: { unit: 'K' } } });
  }
  assert.deepEqual(
    domain.messages.map(({ kind, text }) => [kind, text]),
    [
      ['events', 'x'],
      ['events', 'x'],
    ],
  );
  assert.equal(JSON.stringify(received), '[["/devices/pump-1/config","config",{"subscriptionIdentifier":7}]]');
  const goodbye = new Promise<number | undefined>((resolve) => {
    client.once('disconnect', ({ reasonCode }) => resolve(reasonCode));
  });
  bridge.session(1)!.close({ code: 'DEVICE_BLOCKED', by: 'SERVER', status: 'PERMISSION_DENIED', message: 'Blocked.' });
  assert.equal(await goodbye, 0x87);
});

test('npm mqtt hears in MQTT 5 that it is not authorised', async () => {
  await using bench = await TlsBench.open();
  await assert.rejects(mqttJs(bench, { protocolVersion: 5, password: 'guess' }), { code: 0x87 });
});

test('npm mqtt that asks for too much is refused per filter, and closed for a foreign topic', async () => {
  await using bench = await TlsBench.open();
  const client = await mqttJs(bench);
  client.on('error', () => undefined);
  await assert.rejects(client.subscribeAsync('/devices/valve-2/config'), /Unspecified error/);
  const closed = closeOf(client);
  client.publish('/devices/valve-2/events', 'x', { qos: 1 });
  await closed;
  assert.equal(bench.bench.domain.story.at(-1), 'closed pump-1 #1 SERVER TOPIC_NOT_ALLOWED');
});

test('two of npm mqtt for one device: the last one wins', async () => {
  await using bench = await TlsBench.open();
  const first = await mqttJs(bench);
  const closed = closeOf(first);
  const second = await mqttJs(bench);
  await closed;
  await second.publishAsync('/devices/pump-1/events', 'x', { qos: 1 });
  assert.equal(bench.bench.bridge.sessionCount, 1);
  await second.endAsync();
});

test('over TLS too, a client that says everything at once and goes is heard to the end', async () => {
  await using bench = await TlsBench.open();
  const login = Promise.withResolvers<void>();
  bench.bench.domain.loginGate = login.promise;
  const socket = await bench.tls();
  const client = new TestClient(socket);
  const packets = [
    connectPacket('pump-1'),
    publishPacket('/devices/pump-1/events', 'hi', 1),
    { type: 'DISCONNECT' },
  ] as const;
  socket.end(concatBytes(...packets.map((packet) => encodePacket(packet))));
  await once(socket, 'finish');
  for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
  login.resolve();
  const types = (await client.ended()).map(({ type }) => type);
  assert.deepEqual(types, ['CONNACK', 'PUBACK']);
  assert.equal(bench.bench.domain.story.at(-1), 'closed pump-1 #1 CLIENT CLIENT_DISCONNECT');
});

test('a reset connection is a lost one, told once', async () => {
  await using bench = await TlsBench.open();
  const tcp = await bench.tcp();
  const client = new TestClient(await bench.tls({ socket: tcp }));
  client.send(connectPacket('pump-1'));
  await client.packet();
  tcp.resetAndDestroy();
  while (bench.bench.bridge.connectionCount > 0) await new Promise(setImmediate);
  assert.deepEqual(bench.bench.domain.story, ['opened pump-1 #1', 'closed pump-1 #1 CLIENT CONNECTION_LOST']);
});
