import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { openDeviceKey } from '../node/deviceKey.ts';
import { MqttServer } from './connection/mqttServer.testing.ts';
import { MemoryConfigStore } from './control/configStore.ts';
import type { DeviceEvent } from './deviceEvents.ts';
import { DeviceIdentity } from './identity.ts';
import { MemoryOutboxStorage } from './outbox/memoryOutboxStorage.ts';
import {
  DEVICE_SETTINGS,
  type DeviceSettings,
  type ReferenceDeviceOptions,
  runReferenceDevice,
} from './referenceDevice.ts';
import { seededRandom } from './seededRandom.testing.ts';
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
};

/** A device and its platform in memory, on a clock of their own. `await using` ends the device. */
class Bench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly server = new MqttServer();
  readonly events: DeviceEvent[] = [];
  readonly options: ReferenceDeviceOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor({ seed = 1, tokenLifetimeMs = 3_600_000, settings, ...rest }: Setup = {}) {
    this.clock = (rest.clock as VirtualClock | undefined) ?? new VirtualClock();
    this.options = {
      identity: new DeviceIdentity(NAME, key, tokenLifetimeMs),
      firmwareVersion: '1.2.3',
      random: seededRandom(seed),
      openStream: this.server.openStream,
      outboxStorage: new MemoryOutboxStorage(),
      configStore: new MemoryConfigStore(),
      sensors: simulatedSensors(seed),
      settings: { ...DEVICE_SETTINGS, ...settings },
      onEvent: (event) => this.events.push(event),
      ...rest,
      clock: this.clock,
    };
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

function json(value: unknown): Uint8Array {
  return utf8Encode(JSON.stringify(value));
}

test('a device logs in, subscribes, and sends telemetry, heartbeat and state at QoS 1', async () => {
  await using bench = new Bench().start();
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
});

test('what is published is told with its payload, and what is acknowledged with its latency', async () => {
  await using bench = new Bench();
  bench.server.behaviour.acknowledges = false;
  bench.start();
  await bench.clock.advanceAsync(300);
  const [published] = bench.eventsOf('published');
  assert.equal(utf8Decode(published!.payload), bench.server.publishedTo('/events/sensors')[0]?.text);
  // Heartbeat and state went first.
  await bench.server.last.send({ type: 'PUBACK', packetId: 4 });
  await bench.clock.advanceAsync(0);
  assert.deepEqual(bench.eventsOf('acknowledged'), [{ type: 'acknowledged', sequence: 1, latencyMs: 300 }]);
});

test('what happens offline is delivered in order when the server is back', async () => {
  await using bench = new Bench();
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

test('an outbox that overflows offline keeps the newest, and the heartbeat says how many were dropped', async () => {
  await using bench = new Bench({ settings: { outbox: { maxMessages: 20, maxBytes: 1_000_000 } } });
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
});

for (const seed of [1, 2]) {
  test(`over 100 disconnects at random bytes nothing is lost, reordered or sent twice for no reason (seed ${seed})`, async () => {
    const random = seededRandom(1_000 + seed);
    const number = (below: number): number => new DataView(random(new Uint8Array(4)).buffer).getUint32(0) % below;
    const settings = { backOff: { firstMs: 100, maxMs: 1_000 } };
    await using bench = new Bench({ seed, settings });
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
  });
}

test('a refused login is told, and the tries go on with growing waits', async () => {
  await using bench = new Bench({ random: (bytes) => bytes.fill(255) });
  bench.server.behaviour.login = () => 5;
  bench.start();
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

test('a server that takes the connection and says nothing is given up', async () => {
  await using bench = new Bench();
  bench.server.behaviour.login = () => undefined;
  bench.start();
  await bench.clock.advanceAsync(30_000);
  assert.equal(bench.eventsOf('retrying')[0]?.error.code, 'CONNECT_TIMED_OUT');
});

test('a network that hangs in the middle of connecting is given up', async () => {
  await using bench = new Bench({
    openStream: (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  });
  bench.start();
  await bench.clock.advanceAsync(30_000);
  assert.equal(bench.eventsOf('retrying')[0]?.error.code, 'CONNECT_TIMED_OUT');
});

test('a refused subscription is told and tried again', async () => {
  await using bench = new Bench();
  bench.server.behaviour.grants = () => 0x80;
  bench.start();
  await bench.clock.advanceAsync(500);
  assert.equal(bench.eventsOf('retrying')[0]?.error.code, 'SUBSCRIPTION_REFUSED');
});

test('a lost session is told with its reason and length, and counted in the heartbeat', async () => {
  await using bench = new Bench().start();
  await bench.clock.advanceAsync(5_000);
  bench.server.last.cut();
  await bench.clock.advanceAsync(2_000);
  const [disconnected] = bench.eventsOf('disconnected');
  assert.deepEqual([disconnected?.heldMs, disconnected?.error?.code], [5_000, 'CONNECTION_BROKEN']);
  const heartbeat = JSON.parse(bench.server.publishedTo('/events/heartbeat').at(-1)?.text ?? '') as object;
  assert.equal((heartbeat as { reconnects: number }).reconnects, 1);
});

test('before its token ends a session is renewed with a new token, without a wait and without a copy', async () => {
  await using bench = new Bench({ tokenLifetimeMs: 100_000 });
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
});

test('a wrong clock shows in tokens and time stamps, and moves no interval, time-out or wait', async () => {
  const timeline = async (steps: (clock: VirtualClock) => void): Promise<unknown[]> => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const times: unknown[] = [];
    await using bench: Bench = new Bench({ clock, onEvent: ({ type }) => times.push([type, clock.monotonic()]) });
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
});

test('a config is applied, kept over a power cut, and echoed in the state with every default', async () => {
  const configStore = new MemoryConfigStore();
  const config = { intervalMs: 500, sensors: { battery: { enabled: false } } };
  {
    await using bench = new Bench({ configStore }).start();
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
  await using offline = new Bench({ configStore });
  offline.server.behaviour.reachable = false;
  offline.start();
  await offline.clock.advanceAsync(5_250);
  offline.server.behaviour.reachable = true;
  offline.server.behaviour.config = undefined;
  await offline.clock.advanceAsync(64_000);
  assert.ok(offline.received.length > 100, 'it measured at the interval of the config before it was online');
});

const badConfigs: readonly (readonly [string, string, string])[] = [
  ['bad', '{"intervalMs":1}', 'MEMBER_INVALID'],
  ['unknown', '{"colour":"red"}', 'MEMBER_UNKNOWN'],
  ['no JSON', '}{', 'DOCUMENT_NOT_JSON'],
  ['huge', ' '.repeat(65_537), 'DOCUMENT_TOO_LARGE'],
];
for (const [what, config, code] of badConfigs) {
  test(`a config that is ${what} is refused and reported, and the old one stays, also over a power cut`, async () => {
    const configStore = new MemoryConfigStore();
    await configStore.save(json({ intervalMs: 500 }));
    await using bench = new Bench({ configStore });
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
  });
}

test('a config that comes again at each session is saved once and takes back no command', async () => {
  let saves = 0;
  const store = new MemoryConfigStore();
  const configStore = {
    load: () => store.load(),
    save: (bytes: Uint8Array) => {
      saves += 1;
      return store.save(bytes);
    },
  };
  await using bench = new Bench({ configStore });
  bench.server.behaviour.config = json({ intervalMs: 5_000 });
  bench.start();
  await bench.clock.advanceAsync(1_000);
  await bench.server.last.command('{"command":"set-interval","intervalMs":200}');
  await bench.clock.advanceAsync(1_000);
  bench.server.last.cut();
  await bench.clock.advanceAsync(5_000);
  assert.deepEqual([bench.server.connections.length, saves, bench.state['intervalMs']], [2, 1, 200]);
  await bench.server.last.config('{"intervalMs":6000}');
  await bench.clock.advanceAsync(5_000);
  assert.deepEqual([saves, bench.state['intervalMs']], [2, 6_000]);
});

test('commands are done, acknowledged and answered in the state, unknown ones too', async () => {
  await using bench = new Bench().start();
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

test('config and commands for another device are not ours', async () => {
  await using bench = new Bench().start();
  await bench.clock.advanceAsync(1_000);
  await bench.server.last.publish('/devices/pump-2/config', '{"intervalMs":500}');
  await bench.server.last.publish('/devices/pump-2/commands', '{"command":"reboot"}');
  await bench.server.last.publish('/devices/pump-1/errors', '{"command":"reboot"}');
  await bench.clock.advanceAsync(5_000);
  assert.equal(bench.eventsOf('configApplied').length, 1);
  assert.equal(bench.eventsOf('command').length, 0);
});

test('a flood of commands is carried out, and the state stays at one a second', async () => {
  await using bench = new Bench().start();
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

test('a reboot is acknowledged and reported first, then the device starts again and forgets what is not stored', async () => {
  await using bench = new Bench().start();
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
});

test('a sensor that fails is reported in the state until it works again', async () => {
  let broken = true;
  const sensors = [{ name: 'temperature', unit: 'Cel', read: () => (broken ? NaN : 20) }];
  await using bench = new Bench({ sensors }).start();
  await bench.clock.advanceAsync(5_000);
  assert.deepEqual(bench.state['sensors'], { temperature: { unit: 'Cel', works: false } });
  broken = false;
  await bench.clock.advanceAsync(10_000);
  assert.deepEqual(bench.state['sensors'], { temperature: { unit: 'Cel', works: true } });
  assert.deepEqual(bench.received, [1]);
});

test('a device that is stopped waits for what is in flight and says goodbye', async () => {
  await using bench = new Bench().start();
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

test('a device that is stopped does not wait for ever for a server that is silent', async () => {
  await using bench = new Bench();
  bench.server.behaviour.acknowledges = false;
  bench.start();
  await bench.clock.advanceAsync(1_000);
  const stopping = bench.stop();
  await bench.clock.advanceAsync(5_000);
  await stopping;
  assert.equal(bench.clock.monotonic(), 6_000);
});

test('a token never stands in an event', async () => {
  await using bench = new Bench();
  bench.server.behaviour.login = () => 5;
  bench.start();
  await bench.clock.advanceAsync(100_000);
  const token = utf8Decode(bench.server.connects[0]!.password!);
  const told = JSON.stringify(bench.events.map((event) => [event, 'error' in event ? String(event.error?.stack) : '']));
  assert.ok(!told.includes(token) && !told.includes(token.split('.')[2]!));
});
