import { type ClockSkew, SkewedClock } from '@mkiot/core/clock/skewedClock';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { MqttServer } from '../device/connection/mqttServer.testing.ts';
import { MemoryConfigStore } from '../device/control/configStore.ts';
import type { DeviceEvent } from '../device/deviceEvents.ts';
import { DeviceIdentity } from '../device/identity.ts';
import { MemoryTicketStore } from '../device/login/ticketStore.ts';
import { MemoryOutboxStorage } from '../device/outbox/memoryOutboxStorage.ts';
import { DEVICE_SETTINGS, runReferenceDevice } from '../device/referenceDevice.ts';
import { daughterboardSensors } from '../device/sensing/daughterboardSensors.ts';
import { seededRandom } from '../faults/seededRandom.ts';
import { Daughterboard, DAUGHTERBOARD, type DaughterboardDescription } from './daughterboard.ts';
import { passTime } from './passTime.testing.ts';
import { format8n1 } from './uart/uartFormat.ts';
import { UartEnd } from './uart/uartLine.ts';
import { Sc16is752Driver } from '../device/drivers/sc16is752Driver.ts';
import { UART_CHIP } from './pinMap.ts';

const NAME = 'projects/mkiot-test/locations/local/registries/default/devices/pump-1';

function newKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    algorithm: 'ES256',
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    sign: async (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

/** The reference device on a daughterboard, with its platform, on a clock of their own. */
class Bench implements AsyncDisposable {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 23, 12));
  readonly server = new MqttServer();
  readonly events: DeviceEvent[] = [];
  readonly board: Daughterboard;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(description: Partial<DaughterboardDescription> = {}, skew: ClockSkew = {}) {
    this.board = new Daughterboard(this.clock, { ...DAUGHTERBOARD, seed: 5, ...description });
    const { i2c, uartChip, wifi } = this.board;
    const clock = new SkewedClock(this.clock, skew);
    this.#running = runReferenceDevice(
      {
        identity: new DeviceIdentity(NAME, newKey()),
        firmwareVersion: '1.2.3',
        clock,
        random: seededRandom(1),
        openStream: wifi.over(this.server.openStream),
        outboxStorage: new MemoryOutboxStorage(),
        configStore: new MemoryConfigStore(),
        ticketStore: new MemoryTicketStore(),
        sensors: daughterboardSensors({ clock, i2c, uartIrq: uartChip.irq, rssi: () => wifi.rssi }),
        settings: DEVICE_SETTINGS,
        onEvent: (event) => this.events.push(event),
      },
      this.#stop.signal,
    );
  }

  telemetry(subfolder: string): { time: string; sequence: number; readings: Record<string, { value: number }> }[] {
    return this.server.publishedTo(`/events/${subfolder}`).map(({ text }) => JSON.parse(text) as never);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.#stop.abort();
    const state = { isOver: false };
    const over = this.#running.then(() => (state.isOver = true));
    while (!state.isOver) await this.clock.advanceAsync(1_000);
    await over;
  }
}

test('what the daughterboard measures reaches telemetry: sensors and position', async () => {
  await using bench = new Bench();
  await bench.clock.advanceAsync(13_000);
  const [sensors, position] = [bench.telemetry('sensors'), bench.telemetry('position')];
  assert.equal(sensors.length, 2);
  const readings = Object.fromEntries(
    Object.entries(sensors[1]?.readings ?? {}).map(([name, { value }]) => [name, value]),
  );
  assert.deepEqual(Object.keys(readings), ['temperature', 'humidity', 'battery', 'used', 'rssi']);
  const { temperature = 0, humidity = 0, battery = 0, used = 0, rssi = 0 } = readings;
  assert.ok(temperature > 15 && temperature < 27 && humidity > 30 && humidity < 70, JSON.stringify(readings));
  assert.ok(battery > 3.8 && battery < 4.2 && used > 0 && used < 2 && rssi < -50, JSON.stringify(readings));
  assert.ok((position[0]?.readings['latitude']?.value ?? 0) > 36);
  assert.deepEqual(Object.keys(position[0]?.readings ?? {}), [
    'latitude',
    'longitude',
    'altitude',
    'speed',
    'accuracy',
  ]);
  // The sensor has its 12 V only while it is asked.
  const railMah = bench.board.meter.usedMahOf('12 V rail');
  assert.ok(railMah > 0.02 && railMah < 0.06, `${railMah}`);
});

test('what is measured while the radio is lost is delivered when it is back, in order', async () => {
  await using bench = new Bench({ wifiFaults: { meanUpMs: 25_000, meanDownMs: 4_000 } });
  await bench.clock.advanceAsync(240_000);
  const sequences = [...bench.telemetry('sensors'), ...bench.telemetry('position')].map(({ sequence }) => sequence);
  const distinct = [...new Set(sequences)].toSorted((a, b) => a - b);
  const lost = bench.events.filter((event) => event.type === 'disconnected');
  assert.ok(lost.length >= 2, `${lost.length}`);
  assert.deepEqual(
    distinct,
    Array.from({ length: distinct.length }, (_, index) => index + (distinct[0] ?? 0)),
  );
  assert.ok(distinct.length > 24, `${distinct.length}`);
});

test('a sensor that is unplugged and a sky that is gone are told, and the rest goes on', async () => {
  await using bench = new Bench();
  await bench.clock.advanceAsync(3_000);
  bench.board.rs485.isCut = true;
  bench.board.gnss.hasSky = false;
  await bench.clock.advanceAsync(12_000);
  const failed = bench.events.flatMap((event) => (event.type === 'sensorFailed' ? [event.sensor] : []));
  assert.deepEqual(failed, ['temperature', 'humidity', 'latitude', 'longitude', 'altitude', 'speed', 'accuracy']);
  assert.deepEqual(Object.keys(bench.telemetry('sensors').at(-1)?.readings ?? {}), ['battery', 'used', 'rssi']);
  bench.board.rs485.isCut = false;
  bench.board.gnss.hasSky = true;
  await bench.clock.advanceAsync(20_000);
  const recovered = bench.events.flatMap((event) => (event.type === 'sensorRecovered' ? [event.sensor] : []));
  assert.deepEqual(recovered.toSorted(), failed.toSorted());
});

test('a climate sensor that does not answer loses its 12 V as one that does', async () => {
  await using bench = new Bench();
  const { board, clock } = bench;
  board.rs485.isCut = true;
  const told = () => bench.events.some((event) => event.type === 'sensorFailed' && event.sensor === 'humidity');
  for (let second = 0; second < 30 && !told(); second++) await clock.advanceAsync(1_000);
  const railMah = board.meter.usedMahOf('12 V rail');
  assert.ok(told() && railMah > 0, `${railMah}`);
  await clock.advanceAsync(500);
  assert.equal(board.meter.usedMahOf('12 V rail'), railMah);
});

test('with a clock that begins in 1970, one that goes three times too fast and one that stands still everything is measured', async () => {
  for (const skew of [{ startMs: 0 }, { factor: 3 }, { isStopped: true }] as ClockSkew[]) {
    await using bench = new Bench({}, skew);
    await bench.clock.advanceAsync(8_000);
    const [first] = bench.telemetry('sensors');
    assert.ok(first !== undefined && bench.telemetry('position').length > 0);
    if (skew.isStopped) assert.equal(first.time, '2026-11-23T12:00:00.000Z');
    if (skew.startMs === 0) assert.match(first.time, /^1970-01-01T00:00/);
  }
});

test('an empty socket is silent, and a modem in it talks over channel B and can be held in reset', async () => {
  const clock = new VirtualClock();
  const board = new Daughterboard(clock, { ...DAUGHTERBOARD, seed: 1 });
  const wiring = { i2c: board.i2c, ...UART_CHIP, irq: board.uartChip.irq, clock };
  const driver = await passTime(clock, Sc16is752Driver.open(wiring));
  const port = await passTime(clock, driver.channel('B', format8n1(9_600), false));
  const heard: number[] = [];
  const modem = new UartEnd(clock, format8n1(9_600), (character) => board.uartChip.b.receive(character));
  modem.onCharacter = ({ byte }) => {
    heard.push(byte);
    if (byte === 0x0d) modem.write(Uint8Array.of(0x4f, 0x4b, 0x0d));
  };
  await passTime(clock, port.write(Uint8Array.of(0x41, 0x54, 0x0d)));
  assert.deepEqual(heard, []);
  board.setModem(modem);
  await passTime(clock, port.write(Uint8Array.of(0x41, 0x54, 0x0d)));
  await passTime(clock, new Promise<void>((resolve) => void clock.setTimer(20, resolve)));
  assert.deepEqual(
    [heard, [...port.take().bytes]],
    [
      [0x41, 0x54, 0x0d],
      [0x4f, 0x4b, 0x0d],
    ],
  );
  await passTime(clock, driver.setGpio(0, false));
  assert.equal(board.modemReset.isHigh, false);
});
