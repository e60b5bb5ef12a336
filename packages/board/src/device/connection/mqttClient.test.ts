import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import { streamPair } from './memoryStream.testing.ts';
import { MQTT_CLIENT_SETTINGS, MqttClient, type MqttClientSettings, type Publication } from './mqttClient.ts';
import { MqttServer } from './mqttServer.testing.ts';

interface Connected {
  readonly client: MqttClient;
  readonly server: MqttServer;
  readonly clock: VirtualClock;
  readonly messages: string[];
}

interface Setup {
  readonly settings?: Partial<MqttClientSettings>;
  readonly prepare?: (server: MqttServer) => void;
  readonly onMessage?: (topic: string, payload: Uint8Array) => Promise<void>;
}

const NAME = 'projects/mkiot-test/locations/local/registries/default/devices/pump-1';

async function connect({ settings, prepare, onMessage }: Setup = {}): Promise<Connected> {
  const [server, clock, messages] = [new MqttServer(), new VirtualClock(), [] as string[]];
  prepare?.(server);
  const { signal } = new AbortController();
  const client = await MqttClient.connect(
    {
      stream: await server.openStream(signal),
      clock,
      settings: { ...MQTT_CLIENT_SETTINGS, ...settings },
      clientId: NAME,
      password: 'the token',
      onMessage:
        onMessage ??
        ((topic, payload) => {
          messages.push(`${topic} ${utf8Decode(payload)}`);
          return Promise.resolve();
        }),
    },
    signal,
  );
  return { client, server, clock, messages };
}

/** Lets everything that is under way in memory arrive. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function publish(client: MqttClient, text = 'x'): Promise<Publication | undefined> {
  return client.publish('/devices/pump-1/events', utf8Encode(text), false);
}

test('a device logs in with its name, any user name, the token as password, and a clean session', async () => {
  const { server } = await connect();
  const [packet] = server.connects;
  assert.deepEqual(
    { ...packet, password: utf8Decode(packet?.password ?? new Uint8Array()) },
    {
      type: 'CONNECT',
      protocolLevel: 4,
      clientId: NAME,
      cleanSession: true,
      keepAliveSeconds: 60,
      will: undefined,
      userName: 'unused',
      password: 'the token',
    },
  );
});

for (const [returnCode, meaning] of [
  [1, 'unacceptable protocol version'],
  [3, 'server unavailable'],
  [4, 'bad user name or password'],
  [5, 'not authorized'],
] as const) {
  test(`a refusal with return code ${returnCode} is told as "${meaning}"`, async () => {
    const refused = connect({ prepare: ({ behaviour }) => (behaviour.login = () => returnCode) });
    await assert.rejects(refused, { code: 'CONNECT_REFUSED', message: new RegExp(`${meaning} .*${returnCode}`) });
  });
}

test('a PUBACK settles its own message, in whatever order it comes', async () => {
  const { client, server } = await connect({ prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
  const settled: string[] = [];
  for (const text of ['a', 'b', 'c']) {
    const publication = await publish(client, text);
    void publication?.acknowledged.then((acknowledged) => settled.push(`${text} ${acknowledged}`));
  }
  await server.last.send({ type: 'PUBACK', packetId: 2 });
  await server.last.send({ type: 'PUBACK', packetId: 1 });
  await settle();
  assert.deepEqual(settled, ['b true', 'a true']);
  server.last.cut();
  assert.equal((await client.ended).code, 'CONNECTION_BROKEN');
  await settle();
  assert.deepEqual(settled, ['b true', 'a true', 'c false']);
  assert.equal(await publish(client), undefined);
});

test('no more packets are in flight than the window allows', async () => {
  const { client, server } = await connect({
    settings: { maxInFlight: 2 },
    prepare: ({ behaviour }) => (behaviour.acknowledges = false),
  });
  const written: string[] = [];
  for (const text of ['a', 'b', 'c', 'd']) void publish(client, text).then(() => written.push(text));
  await settle();
  assert.deepEqual(written, ['a', 'b']);
  await server.last.send({ type: 'PUBACK', packetId: 1 });
  await settle();
  assert.deepEqual(written, ['a', 'b', 'c']);
});

test('a message of a subscription is acknowledged only after it has been handled', async () => {
  const handled = Promise.withResolvers<void>();
  const { client, server } = await connect({ onMessage: () => handled.promise });
  server.behaviour.config = utf8Encode('{}');
  await client.subscribe(['/devices/pump-1/config', '/devices/pump-1/commands/#']);
  await settle();
  assert.equal(server.others.at(-1)?.type, 'SUBSCRIBE');
  handled.resolve();
  await settle();
  assert.deepEqual(server.others.at(-1), { type: 'PUBACK', packetId: 1 });
});

test('a subscription that is not granted is told with its filter', async () => {
  const { client } = await connect({
    prepare: ({ behaviour }) => (behaviour.grants = (filter) => (filter.includes('commands') ? 0x80 : 1)),
  });
  const subscribing = client.subscribe(['/devices/pump-1/config', '/devices/pump-1/commands/#']);
  await assert.rejects(subscribing, { code: 'SUBSCRIPTION_REFUSED', message: /commands\/#/ });
});

test('silence brings a PINGREQ each keep-alive, and the answers keep the session open', async () => {
  const { client, server, clock } = await connect();
  await clock.advanceAsync(59_999);
  assert.equal(server.others.filter(({ type }) => type === 'PINGREQ').length, 0);
  for (let minute = 1; minute <= 5; minute++) {
    await clock.advanceAsync(60_000);
    assert.equal(server.others.filter(({ type }) => type === 'PINGREQ').length, minute);
  }
  assert.notEqual(await publish(client), undefined);
});

test('a server that does not answer a ping is given up after the time-out', async () => {
  const { client, server, clock } = await connect({ prepare: ({ behaviour }) => (behaviour.answersPings = false) });
  let ended = false;
  void client.ended.then(() => (ended = true));
  await clock.advanceAsync(60_000 + 9_999);
  assert.equal(ended, false);
  await clock.advanceAsync(1);
  assert.equal((await client.ended).code, 'PING_TIMED_OUT');
  await settle();
  assert.equal(server.last.open, false);
});

test('a network that swallows everything is noticed although the device keeps sending', async () => {
  const { client, server, clock } = await connect({
    prepare: ({ behaviour }) => (behaviour.answersPings = behaviour.acknowledges = false),
    settings: { answerTimeoutMs: 10_000_000 },
  });
  for (let second = 0; second < 70; second += 5) {
    void publish(client);
    await clock.advanceAsync(5_000);
  }
  assert.equal((await client.ended).code, 'PING_TIMED_OUT');
  assert.equal(server.others.filter(({ type }) => type === 'PINGREQ').length, 1);
});

test('a server that stops reading holds the device up, and is given up when it does not answer a ping', async () => {
  const pair = streamPair(1_000);
  const clock = new VirtualClock();
  await pair.server.write(encodePacket({ type: 'CONNACK', sessionPresent: false, returnCode: 0 }));
  const client = await MqttClient.connect(
    {
      stream: pair.client,
      clock,
      settings: { ...MQTT_CLIENT_SETTINGS, answerTimeoutMs: 1_000_000 },
      clientId: NAME,
      password: 'the token',
      onMessage: () => Promise.resolve(),
    },
    new AbortController().signal,
  );
  let written = 0;
  const sending = (async () => {
    while ((await publish(client, 'x'.repeat(400))) !== undefined) written += 1;
  })();
  await clock.advanceAsync(69_999);
  assert.equal(written, 2);
  await clock.advanceAsync(1);
  assert.equal((await client.ended).code, 'PING_TIMED_OUT');
  await sending;
});

test('a PUBACK that never comes ends the session, because only a new one may send again', async () => {
  const { client, server, clock } = await connect({ prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
  const publication = await publish(client);
  await clock.advanceAsync(30_000);
  server.behaviour.acknowledges = true;
  await publish(client);
  await clock.advanceAsync(30_000);
  const reason = await client.ended;
  assert.equal(reason.code, 'ANSWER_TIMED_OUT');
  assert.match(reason.message, /PUBLISH with packet identifier 1/);
  assert.equal(await publication?.acknowledged, false);
});

test('a goodbye waits for what is in flight', async () => {
  const { client, server } = await connect({ prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
  const publication = await publish(client);
  const leaving = client.disconnect(new AbortController().signal);
  await settle();
  assert.notEqual(server.others.at(-1)?.type, 'DISCONNECT');
  await server.last.send({ type: 'PUBACK', packetId: 1 });
  await leaving;
  assert.equal(await publication?.acknowledged, true);
  await settle();
  assert.equal(server.others.at(-1)?.type, 'DISCONNECT');
  assert.equal((await client.ended).code, 'CONNECTION_ENDED');
});

test('a goodbye does not wait for ever', async () => {
  const { client, server } = await connect({ prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
  const publication = await publish(client);
  const patience = new AbortController();
  const leaving = client.disconnect(patience.signal);
  patience.abort();
  await leaving;
  assert.equal(await publication?.acknowledged, false);
  await settle();
  assert.equal(server.last.open, false);
});

test('a connection attempt that is given up closes the stream', async () => {
  const server = new MqttServer();
  server.behaviour.login = () => undefined;
  const giveUp = new AbortController();
  const connecting = MqttClient.connect(
    {
      stream: await server.openStream(giveUp.signal),
      clock: new VirtualClock(),
      settings: MQTT_CLIENT_SETTINGS,
      clientId: NAME,
      password: 'the token',
      onMessage: () => Promise.resolve(),
    },
    giveUp.signal,
  );
  await settle();
  giveUp.abort();
  await assert.rejects(connecting, { code: 'CONNECTION_ENDED' });
  await settle();
  assert.equal(server.last.open, false);
});

const forbidden: readonly (readonly [string, Packet])[] = [
  ['a second CONNACK', { type: 'CONNACK', sessionPresent: false, returnCode: 0 }],
  ['a PUBACK for nothing', { type: 'PUBACK', packetId: 7 }],
  ['a SUBACK for nothing', { type: 'SUBACK', packetId: 7, returnCodes: [1] }],
  ['an UNSUBACK', { type: 'UNSUBACK', packetId: 7 }],
  [
    'a PUBLISH at QoS 2',
    {
      type: 'PUBLISH',
      topic: '/devices/pump-1/config',
      payload: new Uint8Array(),
      qos: 2,
      retain: false,
      dup: false,
      packetId: 1,
    },
  ],
];
for (const [what, packet] of forbidden) {
  test(`${what} ends the session`, async () => {
    const { client, server, messages } = await connect();
    await server.last.send(packet);
    assert.equal((await client.ended).code, 'PACKET_UNEXPECTED');
    assert.deepEqual(messages, []);
  });
}

test('bytes that are no MQTT end the session with where and why', async () => {
  const { client, server } = await connect();
  await server.last.sendBytes(Uint8Array.of(0xf0, 0x00));
  assert.equal((await client.ended).code, 'MQTT_PACKET_MALFORMED');
});

test('a message after the end of the session is not handled any more', async () => {
  const { client, server, messages } = await connect();
  void client.disconnect(new AbortController().signal);
  await server.last.config('{}');
  await settle();
  assert.deepEqual(messages, []);
});
