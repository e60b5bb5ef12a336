import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { encodePacket, type Packet } from '@mkiot/core/mqtt/packet';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { Properties } from '@mkiot/core/mqtt/properties';
import type { LoginProof } from './connectPacket.ts';
import { streamPair } from './memoryStream.testing.ts';
import { MqttClient, type Publication } from './mqttClient.ts';
import { MQTT_CLIENT_SETTINGS, type MqttClientSettings } from './mqttClientOptions.ts';
import { MqttServer } from './mqttServer.testing.ts';
import { asksForPatience, retryAfterSecondsOf } from './serverReasons.ts';

interface Connected {
  readonly client: MqttClient;
  readonly server: MqttServer;
  readonly clock: VirtualClock;
  readonly messages: string[];
}

interface Setup {
  readonly settings?: Partial<MqttClientSettings>;
  readonly prepare?: (server: MqttServer) => void;
  readonly onMessage?: (topic: string, payload: Uint8Array) => Promise<boolean>;
  readonly level?: ProtocolLevel;
  readonly proof?: LoginProof;
}

const LEVELS: readonly ProtocolLevel[] = [4, 5];

const NAME = 'projects/mkiot-test/locations/local/registries/default/devices/pump-1';

async function connect(setup: Setup = {}): Promise<Connected> {
  const { settings, prepare, onMessage, level = 4, proof = { token: 'the token' } } = setup;
  const [server, clock, messages] = [new MqttServer(), new VirtualClock(), [] as string[]];
  prepare?.(server);
  const { signal } = new AbortController();
  const client = await MqttClient.connect(
    {
      stream: await server.openStream(signal),
      clock,
      settings: { ...MQTT_CLIENT_SETTINGS, ...settings },
      clientId: NAME,
      protocolLevel: level,
      proof,
      onMessage:
        onMessage ??
        ((topic, payload) => {
          messages.push(`${topic} ${utf8Decode(payload)}`);
          return Promise.resolve(true);
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

function atBothLevels(name: string, body: (level: ProtocolLevel) => Promise<void>): void {
  for (const level of LEVELS) test(`at protocol level ${level} ${name}`, () => body(level));
}

atBothLevels('a PUBACK settles its own message, in whatever order it comes', async (level) => {
  const { client, server } = await connect({ level, prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
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

atBothLevels('no more packets are in flight than the window allows', async (level) => {
  const { client, server } = await connect({
    level,
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

atBothLevels('a message of a subscription is acknowledged only after it has been handled', async (level) => {
  const handled = Promise.withResolvers<boolean>();
  const { client, server } = await connect({ level, onMessage: () => handled.promise });
  server.behaviour.config = utf8Encode('{}');
  await client.subscribe(['/devices/pump-1/config', '/devices/pump-1/commands/#']);
  await settle();
  assert.equal(server.others.at(-1)?.type, 'SUBSCRIBE');
  handled.resolve(true);
  await settle();
  assert.deepEqual(server.others.at(-1), { type: 'PUBACK', packetId: 1 });
});

atBothLevels('a subscription that is not granted is told with its filter', async (level) => {
  const { client } = await connect({
    level,
    prepare: ({ behaviour }) => (behaviour.grants = (filter) => (filter.includes('commands') ? 0x80 : 1)),
  });
  const subscribing = client.subscribe(['/devices/pump-1/config', '/devices/pump-1/commands/#']);
  await assert.rejects(subscribing, { code: 'SUBSCRIPTION_REFUSED', message: /commands\/#/ });
});

atBothLevels('silence brings a PINGREQ each keep-alive, and the answers keep the session open', async (level) => {
  const { client, server, clock } = await connect({ level });
  await clock.advanceAsync(59_999);
  assert.equal(server.others.filter(({ type }) => type === 'PINGREQ').length, 0);
  for (let minute = 1; minute <= 5; minute++) {
    await clock.advanceAsync(60_000);
    assert.equal(server.others.filter(({ type }) => type === 'PINGREQ').length, minute);
  }
  assert.notEqual(await publish(client), undefined);
});

atBothLevels('a server that does not answer a ping is given up after the time-out', async (level) => {
  const { client, server, clock } = await connect({
    level,
    prepare: ({ behaviour }) => (behaviour.answersPings = false),
  });
  let ended = false;
  void client.ended.then(() => (ended = true));
  await clock.advanceAsync(60_000 + 9_999);
  assert.equal(ended, false);
  await clock.advanceAsync(1);
  assert.equal((await client.ended).code, 'PING_TIMED_OUT');
  await settle();
  assert.equal(server.last.open, false);
});

atBothLevels('a network that swallows everything is noticed although the device keeps sending', async (level) => {
  const { client, server, clock } = await connect({
    level,
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

atBothLevels(
  'a server that stops reading holds the device up, and is given up when it does not answer a ping',
  async (level) => {
    const pair = streamPair(1_000);
    const clock = new VirtualClock();
    await pair.server.write(encodePacket({ type: 'CONNACK', sessionPresent: false, returnCode: 0 }, level));
    const client = await MqttClient.connect(
      {
        stream: pair.client,
        clock,
        settings: { ...MQTT_CLIENT_SETTINGS, answerTimeoutMs: 1_000_000 },
        clientId: NAME,
        proof: { token: 'the token' },
        protocolLevel: level,
        onMessage: () => Promise.resolve(true),
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
  },
);

atBothLevels('a PUBACK that never comes ends the session, because only a new one may send again', async (level) => {
  const { client, server, clock } = await connect({
    level,
    prepare: ({ behaviour }) => (behaviour.acknowledges = false),
  });
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

atBothLevels('a goodbye waits for what is in flight', async (level) => {
  const { client, server } = await connect({ level, prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
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

atBothLevels('a goodbye does not wait for ever', async (level) => {
  const { client, server } = await connect({ level, prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
  const publication = await publish(client);
  const patience = new AbortController();
  const leaving = client.disconnect(patience.signal);
  patience.abort();
  await leaving;
  assert.equal(await publication?.acknowledged, false);
  await settle();
  assert.equal(server.last.open, false);
});

atBothLevels('a connection attempt that is given up closes the stream', async (level) => {
  const server = new MqttServer();
  server.behaviour.login = () => undefined;
  const giveUp = new AbortController();
  const connecting = MqttClient.connect(
    {
      stream: await server.openStream(giveUp.signal),
      clock: new VirtualClock(),
      settings: MQTT_CLIENT_SETTINGS,
      clientId: NAME,
      proof: { token: 'the token' },
      protocolLevel: level,
      onMessage: () => Promise.resolve(true),
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
  ['an UNSUBACK', { type: 'UNSUBACK', packetId: 7, reasonCodes: [0] }],
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
  atBothLevels(`${what} ends the session`, async (level) => {
    const { client, server, messages } = await connect({ level });
    await server.last.send(packet);
    assert.equal((await client.ended).code, 'PACKET_UNEXPECTED');
    assert.deepEqual(messages, []);
  });
}

atBothLevels('bytes that are no MQTT end the session with where and why', async (level) => {
  const { client, server } = await connect({ level });
  await server.last.sendBytes(Uint8Array.of(0x00, 0x00));
  assert.equal((await client.ended).code, 'MQTT_PACKET_MALFORMED');
});

atBothLevels('a message after the end of the session is not handled any more', async (level) => {
  const { client, server, messages } = await connect({ level });
  void client.disconnect(new AbortController().signal);
  await server.last.config('{}');
  await settle();
  assert.deepEqual(messages, []);
});

/** Packets of a server of MQTT 5.0, and what the device makes of them. */
async function connect5(setup: Setup, connackProperties: Properties = {}): Promise<Connected> {
  const prepare = (server: MqttServer): void => {
    server.behaviour.connackProperties = connackProperties;
    setup.prepare?.(server);
  };
  return connect({ ...setup, level: 5, prepare });
}

test('at MQTT 5.0 a device says that its session is clean and how much it takes', async () => {
  const { server } = await connect({ level: 5 });
  const [packet] = server.connects;
  assert.deepEqual(packet?.properties, { sessionExpiryIntervalSeconds: 0, maximumPacketSizeBytes: 263_168 });
  assert.equal(packet.protocolLevel, 5);
});

for (const [reasonCode, words] of [
  [0x87, /not authorized: .*\(reason code 0x87\)/],
  [0x88, /server unavailable: /],
  [0x86, /bad user name or password \(reason code 0x86\)/],
] as const) {
  test(`a refusal with reason code ${reasonCode} is told as ${words.source}`, async () => {
    const refused = connect5({ prepare: ({ behaviour }) => (behaviour.login = () => reasonCode) });
    await assert.rejects(refused, { code: 'CONNECT_REFUSED', message: words });
  });
}

test('what a server says of coming back goes with the end of the session', async () => {
  const { client, server } = await connect5({});
  const properties = { userProperties: [['retry-after', '20']] } as const;
  await server.last.send({ type: 'DISCONNECT', reasonCode: 0x8b, properties });
  assert.equal(retryAfterSecondsOf(await client.ended), 20);
});

for (const [reasonCode, words, patient] of [
  [0x8b, /server shutting down: it stops or starts again/, false],
  [0x8e, /session taken over: another connection/, true],
  [0x87, /not authorized/, false],
  [0x97, /quota exceeded/, true],
  [0x98, /administrative action/, false],
  [0xa2, /wildcard subscriptions not supported \(reason code 0xa2\)/, false],
] as const) {
  test(`a DISCONNECT with reason code ${reasonCode} ends the session in words, ${patient ? 'for a while' : 'for now'}`, async () => {
    const { client, server } = await connect5({});
    await server.last.send({ type: 'DISCONNECT', reasonCode });
    const reason = await client.ended;
    assert.equal(reason.code, 'SERVER_DISCONNECTED');
    assert.match(reason.message, words);
    assert.equal(asksForPatience(reason), patient);
  });
}

test('no more messages are in flight than the receive maximum of the server', async () => {
  const { client, server } = await connect5(
    { prepare: ({ behaviour }) => (behaviour.acknowledges = false) },
    { receiveMaximum: 2 },
  );
  for (const text of ['a', 'b', 'c']) void publish(client, text);
  await settle();
  assert.equal(server.published.length, 2);
  await server.last.send({ type: 'PUBACK', packetId: 1 });
  await settle();
  assert.equal(server.published.length, 3);
});

test('a topic goes out by name once, then by its alias, and by name when the aliases are used up', async () => {
  const { client, server } = await connect5({}, { topicAliasMaximum: 2 });
  for (const topic of ['a', 'b', 'a', 'c', 'b', 'c']) {
    await client.publish(`/devices/pump-1/events/${topic}`, new Uint8Array(), false);
  }
  await settle();
  assert.deepEqual(
    server.published.map(({ topic }) => topic.slice(-1)),
    ['a', 'b', 'a', 'c', 'b', 'c'],
  );
});

test('the keep-alive of the server counts instead of ours', async () => {
  const { server, clock } = await connect5({}, { serverKeepAliveSeconds: 20 });
  await clock.advanceAsync(20_000);
  assert.equal(server.others.filter(({ type }) => type === 'PINGREQ').length, 1);
});

test('a packet that is more than the server takes is not sent, and told', async () => {
  const { client, server } = await connect5({}, { maximumPacketSizeBytes: 100 });
  await publish(client, 'x'.repeat(200));
  assert.match((await client.ended).message, /more than the server takes in one packet: 100 bytes/);
  assert.equal(server.published.length, 0);
});

test('a PUBACK that refuses ends the session: the message is kept', async () => {
  const { client, server } = await connect5({ prepare: ({ behaviour }) => (behaviour.acknowledges = false) });
  const publication = await publish(client);
  await server.last.send({ type: 'PUBACK', packetId: 1, reasonCode: 0x97 });
  assert.equal((await client.ended).code, 'PUBLISH_REFUSED');
  assert.equal(await publication?.acknowledged, false);
});

test('a message that could not be kept is not acknowledged', async () => {
  const { client, server } = await connect({ onMessage: () => Promise.resolve(false) });
  await server.last.config('{}');
  await settle();
  assert.ok(!server.others.some(({ type }) => type === 'PUBACK'));
  assert.notEqual(await publish(client), undefined);
});

const CHALLENGE = new Uint8Array(32).fill(5);
const answering: LoginProof = {
  answerChallenge: (challenge, purpose) =>
    Promise.resolve(utf8Encode(`${purpose} ${challenge.length} ${challenge[0]}`)),
};

function challenging({ behaviour }: MqttServer): void {
  behaviour.challenge = CHALLENGE;
  behaviour.acceptsAnswer = (answer, purpose) => utf8Decode(answer) === `${purpose} 32 5`;
}

test('a device logs in by answering a challenge, without user name and password, and renews by another', async () => {
  const { client, server } = await connect5(
    { proof: answering, prepare: challenging },
    {
      userProperties: [['session-ends-in', '5000']],
    },
  );
  const [packet] = server.connects;
  assert.deepEqual([packet?.userName, packet?.password], [undefined, undefined]);
  assert.equal(packet?.properties?.authenticationMethod, 'MKIOT-NONCE-ES256');
  assert.equal(client.login.sessionEndsInMs, 5_000);
  for (let count = 0; count < 3; count++) assert.equal((await client.renew()).sessionEndsInMs, 5_000);
});

test('a wrong answer to a challenge is a refusal at the login, and the end of the session at a renewal', async () => {
  const wrong: LoginProof = { answerChallenge: () => Promise.resolve(new Uint8Array(65)) };
  await assert.rejects(connect5({ proof: wrong, prepare: challenging }), { code: 'CONNECT_REFUSED' });
  const { client, server } = await connect5({ proof: answering, prepare: challenging });
  server.behaviour.acceptsAnswer = () => false;
  await assert.rejects(client.renew(), { code: 'SERVER_DISCONNECTED' });
});

test('a challenge that nobody asked for gets no signature', async () => {
  const signed: string[] = [];
  const proof: LoginProof = {
    answerChallenge: (_, purpose) => {
      signed.push(purpose);
      return Promise.resolve(utf8Encode(`${purpose} 32 5`));
    },
  };
  const method = { authenticationMethod: 'MKIOT-NONCE-ES256', authenticationData: CHALLENGE };
  const foreign = { ...method, authenticationMethod: 'SCRAM-SHA-1' };
  const packets: readonly Packet[] = [
    { type: 'AUTH', reasonCode: 0x18, properties: method },
    { type: 'AUTH', reasonCode: 0x18, properties: foreign },
    { type: 'AUTH', reasonCode: 0 },
  ];
  for (const packet of packets) {
    const { client, server } = await connect5({ proof, prepare: challenging });
    await server.last.send(packet);
    assert.equal((await client.ended).code, 'PACKET_UNEXPECTED');
  }
  assert.deepEqual(signed, ['LOGIN', 'LOGIN', 'LOGIN']);
});
