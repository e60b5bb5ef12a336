import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { decodeChallengeResponse } from '@mkiot/core/deviceLogin/challengeResponse';
import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { encodeSignedBytes } from '@mkiot/core/deviceLogin/signedBytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { parseJwt } from '@mkiot/core/jwt/parseJwt';
import { openDeviceKey } from '../node/deviceKey.ts';
import type { MqttVersion } from './connection/mqttVersion.ts';
import { MqttServer, TEST_BINDING } from './connection/mqttServer.testing.ts';
import { MemoryConfigStore } from './control/configStore.ts';
import type { DeviceEvent } from './deviceEvents.ts';
import { DeviceIdentity } from './identity.ts';
import { MemoryTicketStore, type TicketStore } from './login/ticketStore.ts';
import { MemoryOutboxStorage } from './outbox/memoryOutboxStorage.ts';
import {
  DEVICE_SETTINGS,
  type DeviceSettings,
  type ReferenceDeviceOptions,
  runReferenceDevice,
} from './referenceDevice.ts';
import { seededRandom } from '../faults/seededRandom.ts';
import { simulatedSensors } from './sensing/simulatedSensors.ts';

const NAME = 'projects/mkiot-test/locations/local/registries/default/devices/pump-1';

let key: SigningKey;
before(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mkiot-board-'));
  after(() => rmSync(folder, { recursive: true }));
  key = await openDeviceKey(folder);
});

type Setup = Partial<Omit<ReferenceDeviceOptions, 'settings'>> & {
  readonly settings?: Partial<DeviceSettings>;
  readonly seed?: number;
  readonly tokenLifetimeMs?: number;
  readonly mqttVersion?: MqttVersion;
};

/** A device and its platform in memory, on a clock of their own. `await using` ends the device. */
class Bench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly server = new MqttServer();
  readonly events: DeviceEvent[] = [];
  readonly options: ReferenceDeviceOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor({ seed = 1, tokenLifetimeMs = 3_600_000, mqttVersion = '3.1.1', settings, ...rest }: Setup = {}) {
    this.clock = (rest.clock as VirtualClock | undefined) ?? new VirtualClock();
    this.options = {
      identity: new DeviceIdentity(NAME, key, tokenLifetimeMs),
      firmwareVersion: '1.2.3',
      random: seededRandom(seed),
      openStream: this.server.openStream,
      outboxStorage: new MemoryOutboxStorage(),
      configStore: new MemoryConfigStore(),
      ticketStore: new MemoryTicketStore(),
      sensors: simulatedSensors(seed),
      settings: { ...DEVICE_SETTINGS, session: { ...DEVICE_SETTINGS.session, mqttVersion }, ...settings },
      onEvent: (event) => this.events.push(event),
      ...rest,
      clock: this.clock,
    };
  }

  /** Makes the server one that knows challenges, and checks the answers as docs/protocol.md says. */
  challenging(): this {
    const challenge = new Uint8Array(32).fill(9);
    this.server.behaviour.challenge = challenge;
    this.server.behaviour.acceptsAnswer = (answer, purpose) => {
      const response = decodeChallengeResponse(answer);
      if (response instanceof MkiotError) return false;
      const { bridgeId } = TEST_BINDING;
      const signed = encodeSignedBytes({ purpose, challenge, clientId: NAME, bridgeId });
      const publicKey = { key: createPublicKey(key.publicKeyPem), dsaEncoding: 'ieee-p1363' } as const;
      return !response.bound && verify('sha256', signed, publicKey, response.signature);
    };
    return this;
  }

  start(): this {
    this.#running = runReferenceDevice(this.options, this.#stop.signal);
    return this;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    await this.stop();
  }

  eventsOf<Type extends DeviceEvent['type']>(type: Type): Extract<DeviceEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<DeviceEvent, { type: Type }> => event.type === type);
  }

  /** The telemetry sequences that the server received, in the order of arrival. */
  get received(): number[] {
    return this.server
      .publishedTo('/events/sensors')
      .map(({ text }) => (JSON.parse(text) as { sequence: number }).sequence);
  }

  /** The newest state that the server received. */
  get state(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.server.publishedTo('/state').at(-1)?.text ?? 'null') as Readonly<Record<string, unknown>>;
  }
}

function atBothVersions(name: string, body: (mqttVersion: MqttVersion) => Promise<void>): void {
  for (const version of ['3.1.1', '5'] as const) test(`over MQTT ${version} ${name}`, () => body(version));
}

function json(value: unknown): Uint8Array {
  return utf8Encode(JSON.stringify(value));
}

atBothVersions(
  'a device logs in, subscribes, and sends telemetry, heartbeat and state at QoS 1',
  async (mqttVersion) => {
    await using bench = new Bench({ mqttVersion }).start();
    await bench.clock.advanceAsync(25_000);
    const { server } = bench;
    const [subscribe] = server.others.filter((packet) => packet.type === 'SUBSCRIBE');
    assert.deepEqual(subscribe?.subscriptions, [
      { filter: '/devices/pump-1/config', qos: 1 },
      { filter: '/devices/pump-1/commands/#', qos: 1 },
    ]);
    assert.deepEqual(bench.received, [1, 2, 3]);
    assert.ok(server.published.every(({ qos, dup }) => qos === 1 && !dup));
    const { text } = server.publishedTo('/events/sensors')[0]!;
    const telemetry = JSON.parse(text) as object;
    assert.deepEqual(Object.keys(telemetry), ['time', 'sequence', 'readings']);
    assert.equal((telemetry as { time: string }).time, '2026-01-01T00:00:00.000Z');
    const heartbeat = JSON.parse(server.publishedTo('/events/heartbeat')[0]?.text ?? '') as object;
    assert.deepEqual(heartbeat, {
      time: '2026-01-01T00:00:00.000Z',
      uptimeMs: 0,
      firmwareVersion: '1.2.3',
      reconnects: 0,
      outbox: {
        messages: 1,
        bytes: text.length,
        freeMessages: 9_999,
        freeBytes: 4_194_304 - text.length,
        dropped: 0,
      },
    });
    assert.equal(bench.state['firmwareVersion'], '1.2.3');
    assert.deepEqual(bench.state['boot'], { count: 1, reason: 'power' });
  },
);

atBothVersions(
  'what is published is told with its payload, and what is acknowledged with its latency',
  async (mqttVersion) => {
    await using bench = new Bench({ mqttVersion });
    bench.server.behaviour.acknowledges = false;
    bench.start();
    await bench.clock.advanceAsync(300);
    const [published] = bench.eventsOf('published');
    assert.equal(utf8Decode(published!.payload), bench.server.publishedTo('/events/sensors')[0]?.text);
    const { packetId } = bench.server.publishedTo('/events/sensors')[0]!;
    await bench.server.last.send({ type: 'PUBACK', packetId: packetId! });
    await bench.clock.advanceAsync(0);
    assert.deepEqual(bench.eventsOf('acknowledged'), [{ type: 'acknowledged', sequence: 1, latencyMs: 300 }]);
  },
);

atBothVersions('what happens offline is delivered in order when the server is back', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion });
  bench.server.behaviour.reachable = false;
  bench.start();
  await bench.clock.advanceAsync(600_000);
  assert.deepEqual(bench.received, []);
  bench.server.behaviour.reachable = true;
  await bench.clock.advanceAsync(64_000);
  assert.deepEqual(
    bench.received,
    bench.received.map((_, index) => index + 1),
  );
  assert.ok(bench.received.length >= 61);
  assert.ok(bench.server.publishedTo('/events/sensors').every(({ dup }) => !dup));
  // Only what is true now: no heartbeat of the time without connection.
  assert.equal(bench.server.publishedTo('/events/heartbeat').length, 1);
});

atBothVersions(
  'an outbox that overflows offline keeps the newest, and the heartbeat says how many were dropped',
  async (mqttVersion) => {
    await using bench = new Bench({ mqttVersion, settings: { outbox: { maxMessages: 20, maxBytes: 1_000_000 } } });
    bench.server.behaviour.reachable = false;
    bench.start();
    await bench.clock.advanceAsync(500_000);
    bench.server.behaviour.reachable = true;
    await bench.clock.advanceAsync(64_000);
    const [first] = bench.received as [number];
    const dropped = bench.eventsOf('dropped').reduce((sum, { count }) => sum + count, 0);
    assert.equal(first, dropped + 1);
    assert.deepEqual(
      bench.received,
      bench.received.map((_, index) => first + index),
    );
    const { text } = bench.server.publishedTo('/events/heartbeat')[0]!;
    assert.equal((JSON.parse(text) as { outbox: { dropped: number } }).outbox.dropped, dropped);
  },
);

for (const seed of [1, 2]) {
  atBothVersions(
    `over 100 disconnects at random bytes nothing is lost, reordered or sent twice for no reason (seed ${seed})`,
    async (mqttVersion) => {
      const random = seededRandom(1_000 + seed);
      const number = (below: number): number => new DataView(random(new Uint8Array(4)).buffer).getUint32(0) % below;
      const settings = { backOff: { firstMs: 100, maxMs: 1_000 } };
      await using bench = new Bench({ mqttVersion, seed, settings });
      const { server, clock } = bench;
      server.behaviour.config = json({ intervalMs: 100 });
      // Two in three come as far as telemetry, some of it acknowledged.
      server.behaviour.cutAfterBytes = () => number(6_000);
      bench.start();
      while (server.connections.length <= 100) await clock.advanceAsync(100);
      server.behaviour.cutAfterBytes = () => undefined;
      server.last.cut();
      await clock.advanceAsync(10_000);
      await bench.stop();

      // Connection by which each message arrived last.
      const seen = new Map<number, number>();
      for (const { text, dup, connection } of server.publishedTo('/events/sensors')) {
        const { sequence } = JSON.parse(text) as { sequence: number };
        const earlier = seen.get(sequence);
        if (earlier === undefined) assert.equal(sequence, seen.size + 1, 'first arrivals are in order');
        else assert.ok(dup && earlier < connection, `message ${sequence} came again only over a new connection`);
        seen.set(sequence, connection);
      }
      const produced = Math.max(...bench.eventsOf('published').map(({ sequence }) => sequence));
      assert.equal(seen.size, produced);
      assert.ok(produced > 100);
      const resent = bench.eventsOf('published').filter(({ resent }) => resent);
      assert.ok(resent.length > 0, 'the disconnects made the device send again');
      const acknowledged = bench.eventsOf('acknowledged').map(({ sequence }) => sequence);
      assert.deepEqual(
        acknowledged,
        Array.from({ length: produced }, (_, index) => index + 1),
        'each is acknowledged once, in order, and then forgotten',
      );
    },
  );
}

atBothVersions('a refused login is told, and the tries go on with growing waits', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion, random: (bytes) => bytes.fill(255) });
  bench.server.behaviour.login = ({ protocolLevel }) => (protocolLevel === 5 ? 0x87 : 5);
  bench.challenging().start();
  await bench.clock.advanceAsync(190_000);
  const retries = bench.eventsOf('retrying');
  assert.deepEqual(
    retries.map(({ attempt, delayMs, error }) => [attempt, Math.round(delayMs), error.code]),
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000].map((ms, index) => [index + 1, ms, 'CONNECT_REFUSED']),
  );
  assert.equal(bench.eventsOf('connected').length, 0);
  bench.server.behaviour.login = () => 0;
  await bench.clock.advanceAsync(64_000);
  assert.equal(bench.eventsOf('connected').length, 1);
});

atBothVersions('a server that takes the connection and says nothing is given up', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion });
  bench.server.behaviour.login = () => undefined;
  bench.start();
  await bench.clock.advanceAsync(30_000);
  assert.equal(bench.eventsOf('retrying')[0]?.error.code, 'CONNECT_TIMED_OUT');
});

atBothVersions('a network that hangs in the middle of connecting is given up', async (mqttVersion) => {
  await using bench = new Bench({
    mqttVersion,
    openStream: (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  });
  bench.start();
  await bench.clock.advanceAsync(30_000);
  assert.equal(bench.eventsOf('retrying')[0]?.error.code, 'CONNECT_TIMED_OUT');
});

atBothVersions('a refused subscription is told and tried again', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion });
  bench.server.behaviour.grants = () => 0x80;
  bench.start();
  await bench.clock.advanceAsync(500);
  assert.equal(bench.eventsOf('retrying')[0]?.error.code, 'SUBSCRIPTION_REFUSED');
});

atBothVersions(
  'a lost session is told with its reason and length, and counted in the heartbeat',
  async (mqttVersion) => {
    await using bench = new Bench({ mqttVersion }).start();
    await bench.clock.advanceAsync(5_000);
    bench.server.last.cut();
    await bench.clock.advanceAsync(2_000);
    const [disconnected] = bench.eventsOf('disconnected');
    assert.deepEqual([disconnected?.heldMs, disconnected?.error?.code], [5_000, 'CONNECTION_BROKEN']);
    const heartbeat = JSON.parse(bench.server.publishedTo('/events/heartbeat').at(-1)?.text ?? '') as object;
    assert.equal((heartbeat as { reconnects: number }).reconnects, 1);
  },
);

atBothVersions(
  'before its token ends a session is renewed with a new token, without a wait and without a copy',
  async (mqttVersion) => {
    await using bench = new Bench({ mqttVersion, tokenLifetimeMs: 100_000 });
    bench.server.behaviour.config = json({ intervalMs: 1_000 });
    bench.start();
    await bench.clock.advanceAsync(1_000_000);
    const { connects } = bench.server;
    assert.ok(connects.length >= 11 && connects.length <= 13, `${connects.length} sessions`);
    const tokens = new Set(connects.map(({ password }) => utf8Decode(password!)));
    assert.equal(tokens.size, connects.length);
    assert.equal(bench.eventsOf('retrying').length, 0);
    assert.ok(bench.eventsOf('disconnected').every(({ error }) => error === undefined));
    assert.deepEqual(
      bench.received,
      bench.received.map((_, index) => index + 1),
    );
  },
);

atBothVersions(
  'a wrong clock shows in tokens and time stamps, and moves no interval, time-out or wait',
  async (mqttVersion) => {
    const timeline = async (steps: (clock: VirtualClock) => void): Promise<unknown[]> => {
      const clock = new VirtualClock(Date.UTC(2026, 0, 1));
      const times: unknown[] = [];
      await using bench: Bench = new Bench({
        mqttVersion,
        clock,
        onEvent: ({ type }) => times.push([type, clock.monotonic()]),
      });
      bench.start();
      for (let minute = 0; minute < 10; minute++) {
        await clock.advanceAsync(60_000);
        if (minute % 3 === 2) bench.server.last.cut();
        steps(clock);
      }
      return times;
    };
    const right = await timeline(() => undefined);
    const wrong = await timeline((clock) =>
      clock.setWallClock(clock.now() > Date.UTC(2000, 0, 1) ? 0 : Date.UTC(2038, 0, 1)),
    );
    assert.ok(right.length > 100);
    assert.deepEqual(wrong, right);
  },
);

atBothVersions(
  'a config is applied, kept over a power cut, and echoed in the state with every default',
  async (mqttVersion) => {
    const configStore = new MemoryConfigStore();
    const config = { intervalMs: 500, sensors: { battery: { enabled: false } } };
    {
      await using bench = new Bench({ mqttVersion, configStore }).start();
      await bench.clock.advanceAsync(5_000);
      assert.equal((bench.state['config'] as { intervalMs: number }).intervalMs, 10_000);
      await bench.server.last.config(JSON.stringify(config));
      await bench.clock.advanceAsync(5_000);
      assert.deepEqual(bench.state['config'], {
        intervalMs: 500,
        heartbeatIntervalMs: 60_000,
        sensors: {
          temperature: { enabled: true, preprocessing: [] },
          humidity: { enabled: true, preprocessing: [] },
          battery: { enabled: false, preprocessing: [] },
        },
      });
      assert.deepEqual(bench.server.others.filter(({ type }) => type === 'PUBACK').length, 2);
      assert.ok(bench.received.length > 10);
    }
    await using offline = new Bench({ mqttVersion, configStore });
    offline.server.behaviour.reachable = false;
    offline.start();
    await offline.clock.advanceAsync(5_250);
    offline.server.behaviour.reachable = true;
    offline.server.behaviour.config = undefined;
    await offline.clock.advanceAsync(64_000);
    assert.ok(offline.received.length > 100, 'it measured at the interval of the config before it was online');
  },
);

const badConfigs: readonly (readonly [string, string, string])[] = [
  ['bad', '{"intervalMs":1}', 'MEMBER_INVALID'],
  ['unknown', '{"colour":"red"}', 'MEMBER_UNKNOWN'],
  ['no JSON', '}{', 'DOCUMENT_NOT_JSON'],
  ['huge', ' '.repeat(65_537), 'DOCUMENT_TOO_LARGE'],
];
for (const [what, config, code] of badConfigs) {
  atBothVersions(
    `a config that is ${what} is refused and reported, and the old one stays, also over a power cut`,
    async (mqttVersion) => {
      const configStore = new MemoryConfigStore();
      await configStore.save(json({ intervalMs: 500 }));
      await using bench = new Bench({ mqttVersion, configStore });
      bench.server.behaviour.config = utf8Encode(config);
      bench.start();
      await bench.clock.advanceAsync(5_000);
      assert.equal((bench.state['configError'] as { code: string }).code, code);
      assert.equal((bench.state['config'] as { intervalMs: number }).intervalMs, 500);
      assert.deepEqual(await configStore.load(), json({ intervalMs: 500 }));
      assert.equal(bench.server.others.filter(({ type }) => type === 'PUBACK').length, 1, 'received is not understood');
      await bench.server.last.config('{"intervalMs":700}');
      await bench.clock.advanceAsync(5_000);
      assert.equal(bench.state['configError'], undefined);
      assert.equal(bench.state['intervalMs'], 700);
    },
  );
}

atBothVersions(
  'a config that comes again at each session is saved once and takes back no command',
  async (mqttVersion) => {
    let saves = 0;
    const store = new MemoryConfigStore();
    const configStore = {
      load: () => store.load(),
      save: (bytes: Uint8Array) => {
        saves += 1;
        return store.save(bytes);
      },
    };
    await using bench = new Bench({ mqttVersion, configStore });
    bench.server.behaviour.config = json({ intervalMs: 5_000 });
    bench.challenging().start();
    await bench.clock.advanceAsync(1_000);
    await bench.server.last.command('{"command":"set-interval","intervalMs":200}');
    await bench.clock.advanceAsync(1_000);
    bench.server.last.cut();
    await bench.clock.advanceAsync(5_000);
    assert.deepEqual([bench.server.connections.length, saves, bench.state['intervalMs']], [2, 1, 200]);
    await bench.server.last.config('{"intervalMs":6000}');
    await bench.clock.advanceAsync(5_000);
    assert.deepEqual([saves, bench.state['intervalMs']], [2, 6_000]);
  },
);

atBothVersions('commands are done, acknowledged and answered in the state, unknown ones too', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion }).start();
  await bench.clock.advanceAsync(1_000);
  await bench.server.last.command('{"command":"ping","id":"p1"}');
  await bench.server.last.command('{"command":"identify","durationMs":3000}');
  await bench.server.last.command('{"command":"explode","id":"p2"}');
  await bench.clock.advanceAsync(5_000);
  const { received, last } = bench.state['commands'] as { received: number; last: { error?: { code: string } }[] };
  assert.equal(received, 3);
  const time = '2026-01-01T00:00:01.000Z';
  assert.deepEqual(last.slice(0, 2), [
    { time, command: 'ping', id: 'p1', result: { uptimeMs: 1_000 } },
    { time, command: 'identify', result: { durationMs: 3_000 } },
  ]);
  assert.equal(last[2]?.error?.code, 'COMMAND_UNKNOWN');
  assert.deepEqual(bench.eventsOf('identify'), [{ type: 'identify', durationMs: 3_000 }]);
  assert.equal(bench.server.others.filter(({ type }) => type === 'PUBACK').length, 4);
});

atBothVersions('config and commands for another device are not ours', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion }).start();
  await bench.clock.advanceAsync(1_000);
  await bench.server.last.publish('/devices/pump-2/config', '{"intervalMs":500}');
  await bench.server.last.publish('/devices/pump-2/commands', '{"command":"reboot"}');
  await bench.server.last.publish('/devices/pump-1/errors', '{"command":"reboot"}');
  await bench.clock.advanceAsync(5_000);
  assert.equal(bench.eventsOf('configApplied').length, 1);
  assert.equal(bench.eventsOf('command').length, 0);
});

atBothVersions('a flood of commands is carried out, and the state stays at one a second', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion }).start();
  await bench.clock.advanceAsync(1_000);
  const statesBefore = bench.server.publishedTo('/state').length;
  for (let count = 0; count < 2_000; count++) {
    await bench.server.last.command(`{"command":"ping","id":"${count}"}`);
    if (count % 200 === 0) await bench.clock.advanceAsync(100);
  }
  await bench.clock.advanceAsync(10_000);
  const { received, last } = bench.state['commands'] as { received: number; last: { id: string }[] };
  assert.equal(received, 2_000);
  assert.deepEqual(
    last.map(({ id }) => Number(id)),
    Array.from({ length: 10 }, (_, index) => 1_990 + index),
  );
  const states = bench.server.publishedTo('/state').length - statesBefore;
  assert.ok(states >= 2 && states <= 4, `${states} states`);
  assert.equal(bench.eventsOf('disconnected').length, 0);
});

atBothVersions(
  'a reboot is acknowledged and reported first, then the device starts again and forgets what is not stored',
  async (mqttVersion) => {
    await using bench = new Bench({ mqttVersion }).challenging().start();
    await bench.clock.advanceAsync(1_000);
    await bench.server.last.command('{"command":"set-interval","intervalMs":400}');
    await bench.server.last.command('{"command":"reboot"}');
    await bench.clock.advanceAsync(1_400);
    assert.equal(bench.server.connections.length, 1);
    const { last } = bench.state['commands'] as { last: { command: string; result: object }[] };
    assert.deepEqual(last[1]?.command, 'reboot');
    await bench.clock.advanceAsync(2_000);
    assert.equal(bench.server.connections.length, 2);
    assert.deepEqual(bench.state['boot'], { count: 2, reason: 'command' });
    assert.equal(bench.state['intervalMs'], 10_000);
    assert.deepEqual(bench.state['commands'], { received: 0, last: [] });
    assert.deepEqual(
      bench.received,
      bench.received.map((_, index) => index + 1),
    );
  },
);

atBothVersions('a sensor that fails is reported in the state until it works again', async (mqttVersion) => {
  let broken = true;
  const sensors = [{ name: 'temperature', unit: 'Cel', read: () => (broken ? NaN : 20) }];
  await using bench = new Bench({ mqttVersion, sensors }).start();
  await bench.clock.advanceAsync(5_000);
  assert.deepEqual(bench.state['sensors'], { temperature: { unit: 'Cel', works: false } });
  broken = false;
  await bench.clock.advanceAsync(10_000);
  assert.deepEqual(bench.state['sensors'], { temperature: { unit: 'Cel', works: true } });
  assert.deepEqual(bench.received, [1]);
});

atBothVersions('a device that is stopped waits for what is in flight and says goodbye', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion }).start();
  await bench.clock.advanceAsync(9_000);
  bench.server.behaviour.acknowledges = false;
  await bench.clock.advanceAsync(1_000);
  const stopping = bench.stop();
  await bench.clock.advanceAsync(1_000);
  assert.notEqual(bench.server.others.at(-1)?.type, 'DISCONNECT');
  await bench.server.last.send({ type: 'PUBACK', packetId: bench.server.published.at(-1)!.packetId! });
  await stopping;
  await bench.clock.advanceAsync(0);
  assert.equal(bench.server.others.at(-1)?.type, 'DISCONNECT');
  assert.equal(bench.eventsOf('acknowledged').length, 2);
  assert.equal(bench.eventsOf('disconnected')[0]?.error, undefined);
});

atBothVersions('a device that is stopped does not wait for ever for a server that is silent', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion });
  bench.server.behaviour.acknowledges = false;
  bench.start();
  await bench.clock.advanceAsync(1_000);
  const stopping = bench.stop();
  await bench.clock.advanceAsync(5_000);
  await stopping;
  assert.equal(bench.clock.monotonic(), 6_000);
});

atBothVersions('a token never stands in an event', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion });
  bench.server.behaviour.login = ({ protocolLevel }) => (protocolLevel === 5 ? 0x87 : 5);
  bench.start();
  await bench.clock.advanceAsync(100_000);
  const token = utf8Decode(bench.server.connects.find(({ password }) => password !== undefined)!.password!);
  const told = JSON.stringify(bench.events.map((event) => [event, 'error' in event ? String(event.error?.stack) : '']));
  assert.ok(!told.includes(token) && !told.includes(token.split('.')[2]!));
});

/** What the tokens of all logins have claimed, and the word "challenge" where there was none. */
function loginsOf({ server }: Bench): (string | undefined)[] {
  return server.connects.map(({ password }) => {
    if (password === undefined) return 'challenge';
    const jwt = parseJwt(password);
    assert.ok(!(jwt instanceof MkiotError));
    return jwt.claims.nonce;
  });
}

const ticket = (number: number): string => encodeNonce(new Uint8Array(24).fill(number));

test('over MQTT 5 a device logs in by challenge, whatever its clock says, and renews without a break', async () => {
  const clock = new VirtualClock(0);
  await using bench = new Bench({ mqttVersion: '5', clock }).challenging();
  bench.server.behaviour.connackProperties = { userProperties: [['session-ends-in', '60000']] };
  bench.start();
  await clock.advanceAsync(1_000_000);
  assert.deepEqual(loginsOf(bench), ['challenge']);
  const renewals = bench.eventsOf('renewed');
  assert.ok(renewals.length >= 17 && renewals.length <= 21, `${renewals.length} renewals`);
  assert.ok(renewals.every(({ endsInMs }) => endsInMs === 60_000));
  assert.deepEqual(bench.eventsOf('connected'), [{ type: 'connected', reconnects: 0, login: 'challenge' }]);
});

test('over MQTT 5 a server that knows no challenges is asked once a boot', async () => {
  await using bench = new Bench({ mqttVersion: '5' }).start();
  await bench.clock.advanceAsync(1_000);
  bench.server.last.cut();
  await bench.clock.advanceAsync(5_000);
  assert.deepEqual(loginsOf(bench), ['challenge', undefined, undefined]);
  assert.ok(bench.eventsOf('retrying').every(({ error }) => error.code !== 'CONNECT_REFUSED'));
});

test('over MQTT 5 the challenge of a refusal is in the token of a try that follows at once', async () => {
  await using bench = new Bench({ mqttVersion: '5', clock: new VirtualClock(0) });
  const nonce = encodeNonce(new Uint8Array(32).fill(3));
  bench.server.behaviour.connackProperties = { userProperties: [['nonce', nonce]] };
  bench.server.behaviour.login = ({ password }) =>
    utf8Decode(password!).includes('.') && loginsOf(bench).at(-1) === nonce ? 0 : 0x87;
  bench.start();
  await bench.clock.advanceAsync(0);
  assert.deepEqual(loginsOf(bench), ['challenge', undefined, nonce]);
  assert.deepEqual(bench.eventsOf('retrying'), []);
});

test('over MQTT 5 a device that is refused with its challenge too waits before it tries again', async () => {
  await using bench = new Bench({ mqttVersion: '5', random: (bytes) => bytes.fill(255) });
  const nonce = encodeNonce(new Uint8Array(32).fill(3));
  bench.server.behaviour.connackProperties = { userProperties: [['nonce', nonce]] };
  bench.server.behaviour.login = () => 0x87;
  bench.start();
  await bench.clock.advanceAsync(900);
  assert.deepEqual(loginsOf(bench), ['challenge', undefined, nonce]);
  assert.equal(bench.eventsOf('retrying').length, 1);
});

test('a ticket is stored before it is acknowledged, and is in the token of the next login', async () => {
  const stored: string[] = [];
  const store = new MemoryTicketStore();
  const saving = Promise.withResolvers<void>();
  const ticketStore: TicketStore = {
    load: () => store.load(),
    save: async (text) => {
      await saving.promise;
      stored.push(text);
      return store.save(text);
    },
  };
  await using bench = new Bench({ ticketStore });
  let count = 0;
  bench.server.behaviour.ticket = () => ticket(++count);
  bench.start();
  await bench.clock.advanceAsync(1_000);
  const pubacks = (): number => bench.server.others.filter(({ type }) => type === 'PUBACK').length;
  assert.equal(pubacks(), 1, 'of the config');
  saving.resolve();
  await bench.clock.advanceAsync(1_000);
  assert.deepEqual([pubacks(), stored], [2, [ticket(1)]]);
  bench.server.last.cut();
  await bench.clock.advanceAsync(5_000);
  assert.deepEqual(loginsOf(bench), [undefined, ticket(1)]);
  assert.deepEqual(
    bench.eventsOf('connected').map(({ login }) => login),
    ['clock', 'ticket'],
  );
  assert.deepEqual(stored, [ticket(1), ticket(2)]);
});

test('a ticket that cannot be stored is not acknowledged, and the session goes on', async () => {
  const ticketStore = { load: () => Promise.resolve(undefined), save: () => Promise.reject(new Error('disk full')) };
  await using bench = new Bench({ ticketStore });
  bench.server.behaviour.ticket = () => ticket(1);
  bench.start();
  await bench.clock.advanceAsync(25_000);
  assert.equal(bench.server.others.filter(({ type }) => type === 'PUBACK').length, 1, 'of the config');
  assert.equal(bench.eventsOf('storageFailed').length, 1);
  assert.deepEqual(bench.received, [1, 2, 3]);
});

test('what is no ticket is not kept', async () => {
  const ticketStore = new MemoryTicketStore();
  await using bench = new Bench({ ticketStore });
  bench.server.behaviour.ticket = () => '{"command":"reboot"}';
  bench.start();
  await bench.clock.advanceAsync(1_000);
  assert.equal(await ticketStore.load(), undefined);
});

test('a ticket that is refused gives way to the clock for one try, and is tried again', async () => {
  const ticketStore = new MemoryTicketStore();
  await ticketStore.save(ticket(8));
  await using bench = new Bench({ ticketStore });
  bench.server.behaviour.login = () => 5;
  bench.start();
  while (bench.server.connects.length < 4) await bench.clock.advanceAsync(1_000);
  assert.deepEqual(loginsOf(bench).slice(0, 4), [ticket(8), undefined, ticket(8), undefined]);
});

test('a device that is refused by its clock asks for a challenge at once, and waits when that does not help', async () => {
  const nonce = encodeNonce(new Uint8Array(32).fill(4));
  let asked = 0;
  const askChallenge = (clientId: string): Promise<string> => {
    assert.equal(clientId, NAME);
    asked += 1;
    return asked === 1 ? Promise.reject(new Error('nobody there')) : Promise.resolve(nonce);
  };
  await using bench = new Bench({ askChallenge, random: (bytes) => bytes.fill(255) });
  bench.server.behaviour.login = () => 5;
  bench.start();
  await bench.clock.advanceAsync(900);
  assert.deepEqual([asked, loginsOf(bench)], [1, [undefined]]);
  assert.match(bench.eventsOf('retrying')[0]?.error.message ?? '', /nobody there/);
  await bench.clock.advanceAsync(1_000);
  assert.deepEqual([asked, loginsOf(bench)], [2, [undefined, undefined, nonce]]);
  assert.equal(bench.eventsOf('retrying').length, 2);
});

atBothVersions('a session is renewed by token on its own topic, without a break', async (mqttVersion) => {
  await using bench = new Bench({ mqttVersion, clock: new VirtualClock(0) });
  let count = 0;
  bench.server.behaviour.ticket = () => ticket(++count);
  bench.server.behaviour.notice = (token) => {
    if (token !== undefined) void bench.server.last.ticket();
    return { session: token === undefined ? 'open' : 'renewed', endsInMs: 100_000, serverTimeMs: 1_767_225_600_123 };
  };
  bench.start();
  await bench.clock.advanceAsync(2_000_000);
  const sessions = loginsOf(bench).filter((nonce) => nonce !== 'challenge');
  assert.deepEqual(sessions, [undefined]);
  const tokens = bench.server.publishedTo('/token').map(({ text }) => {
    const jwt = parseJwt(utf8Encode(text));
    assert.ok(!(jwt instanceof MkiotError));
    return jwt.claims.nonce;
  });
  assert.ok(tokens.length >= 20 && tokens.length <= 25, `${tokens.length} renewals`);
  assert.deepEqual(
    tokens,
    tokens.map((_, index) => ticket(index + 1)),
    'each with the newest ticket',
  );
  assert.deepEqual(
    bench.received,
    bench.received.map((_, index) => index + 1),
  );
});

test('a renewal that is refused or not answered makes way for a new session', async () => {
  for (const answered of [true, false]) {
    await using bench = new Bench({ tokenLifetimeMs: 100_000 });
    const { behaviour } = bench.server;
    behaviour.notice = (token) => {
      const session = token === undefined || !answered ? 'open' : 'refused';
      return { session, endsInMs: 100_000, serverTimeMs: 1 };
    };
    bench.start();
    await bench.clock.advanceAsync(140_000);
    assert.equal(bench.server.connects.length, 2);
    assert.equal(bench.eventsOf('retrying').length, 0);
    assert.equal(bench.eventsOf('disconnected')[0]?.error, undefined);
  }
});
