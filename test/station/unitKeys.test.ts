import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { installKeys } from '@mkiot/core/keyInstall/keyInstaller';
import { webInstallCrypto } from '@mkiot/core/keyInstall/webInstallCrypto';
import { loaderClosedBy } from '@mkiot/esp32/efuse/burnEfuses';
import { DeviceConsole } from '@mkiot/esp32/station/deviceConsole';
import type { SerialPort } from '@mkiot/esp32/serial/serialPort';
import type { Job, StationEvent, StationPorts } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { ChipSerialPort } from '@mkiot/board/chip/serial/chipSerialPort';
import { lineNoise } from '@mkiot/board/faults/lineNoise';
import { seededRandom } from '@mkiot/board/faults/seededRandom';
import {
  BRIDGE_ID,
  newUnit,
  present,
  provisioningBench,
  recordOf,
} from '@mkiot/server/provisioning/provisioning.testing';
import { UnitService } from '@mkiot/server/provisioning/unitService';
import { deviceName, REGISTRY } from '@mkiot/server/registry/registry.testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BenchOptions, StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf } from './stationJob.ts';
import { registerAt, registrationBy } from './stationRegistration.ts';

const MAC = 'a0:b1:c2:d3:e4:f5';

/** A server with a station, a chip that was never used, and a book. */
async function line(options: BenchOptions = {}) {
  const server = await provisioningBench();
  const station = await server.enrolStation();
  const bench = new StationBench('esp32s3', { firmwares: FIRMWARES, ...options });
  const book = memoryUnitBook();
  const random = seededRandom(5);
  const ports = { book, random, register: registerAt(server) };
  return {
    server,
    station,
    bench,
    book,
    registration: registrationBy(station),
    run: (job: Job, more: Partial<StationPorts> = {}): Promise<UnitResult> =>
      bench.inTime(provisionUnit(job, portsOf(bench, { ...ports, ...more }))),
    async [Symbol.asyncDispose]() {
      await bench.chip.powerOff();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('a unit whose MAC address was registered before is refused before its last burn, with what to do', async () => {
  await using it = await line();
  const other = newUnit({ mac: MAC });
  const presented = await present(await recordOf(it.station, other), it.station.key);
  assert.equal((await it.server.registration.register(presented, '192.0.2.1')).outcome, 'CREATED');
  const job = await jobFor('esp32s3', 'production', { registration: it.registration });
  await assert.rejects(it.run(job), {
    code: 'UNIT_REGISTRATION_REFUSED',
    message: /\(UNIT_MAC_USED\).*--erase/,
  });
  assert.equal(loaderClosedBy(it.bench.chip.efuses.trueBits()), undefined);
});

test('a unit of a revoked station is registered by the next one, after it was erased', async () => {
  await using it = await line();
  await it.server.stations.revoke(REGISTRY, it.station.record.id, 'local:test');
  const job = await jobFor('esp32s3', 'production', { registration: it.registration });
  await assert.rejects(it.run(job), { code: 'UNIT_REGISTRATION_REFUSED', message: /\(STATION_REVOKED\).*--erase/ });
  assert.equal(loaderClosedBy(it.bench.chip.efuses.trueBits()), undefined);
  const next = await it.server.enrolStation();
  const again = { ...job, registration: registrationBy(next) };
  await assert.rejects(it.run(again), { code: 'UNIT_REGISTRATION_REFUSED' });
  const { device } = await it.run({ ...again, erase: true });
  assert.equal(device?.registered, 'registered');
  assert.notEqual(loaderClosedBy(it.bench.chip.efuses.trueBits()), undefined);
});

test('a server that is away is no refusal: the record waits, and the unit is done', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', 'production', { registration: it.registration });
  const { device } = await it.run(job, { register: async () => 'queued' });
  assert.equal(device?.registered, 'queued');
  const { installed, registered } = await it.book.findPage(MAC);
  assert.equal(registered, 'queued');
  assert.ok(installed);
  assert.equal(await registerAt(it.server)(installed.record), 'registered');
});

test('the same job again leaves a unit its keys, and registering it again changes nothing', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', 'development', { registration: it.registration });
  const first = await it.run(job);
  const again = await it.run(job);
  assert.deepEqual(again.device, first.device);
  assert.deepEqual(again.burned, []);
});

test('a unit that is done for production says who it is: the same job again has the result at once', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', 'production', { registration: it.registration });
  const first = await it.run(job);
  assert.deepEqual(await it.run(job), first);
  await assert.rejects(it.run({ ...job, mac: '00:11:22:33:44:55' }), { code: 'UNIT_NOT_EXPECTED' });
  await assert.rejects(it.run(job, { book: memoryUnitBook() }), { code: 'UNIT_CLOSED' });
});

test('a unit with keys that are in no book is refused, and erased it begins anew', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', undefined, { registration: it.registration });
  await it.run(job, { register: async () => 'queued' });
  const elsewhere = { book: memoryUnitBook() };
  await assert.rejects(it.run(job, elsewhere), { code: 'UNIT_KEYS_UNKNOWN', message: /--erase/ });
  const { device, audits } = await it.run({ ...job, erase: true }, elsewhere);
  assert.equal(device?.registered, 'registered');
  assert.deepEqual(audits.after.devices[0]?.problems, []);
});

test('a unit that was told another name keeps it until it is erased', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', undefined, { registration: it.registration });
  await it.run(job, { register: () => Promise.reject(new Error('cut')) }).catch(() => undefined);
  const other = { ...it.registration, deviceName: () => deviceName('pump-2') };
  await assert.rejects(it.run({ ...job, registration: other }), {
    code: 'UNIT_INSTALLED_OTHERWISE',
    message: /pump-1.*pump-2/,
  });
  const { device } = await it.run({ ...job, registration: other, erase: true });
  assert.match(device?.name ?? '', /pump-2$/);
});

test('the keys of a registered unit are erased only when somebody says that it was released', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', undefined, { registration: it.registration });
  await it.run(job);
  // What the firmware that was started writes is none of the station's.
  await it.bench.chip.powerOff();
  const before = it.bench.chip.flash.read(0, it.bench.chip.flash.size);
  it.bench.chip.powerOn(true);
  await assert.rejects(it.run({ ...job, erase: true }), { code: 'UNIT_REGISTERED' });
  assert.ok(Buffer.from(it.bench.chip.flash.read(0, before.length)).equals(before));
  const again = { ...job, erase: true, mayBeUsed: true };
  await it.server.devices.delete(deviceName('pump-1'), 'local:test');
  await assert.rejects(it.run(again), { code: 'UNIT_REGISTRATION_REFUSED', message: /UNIT_MAC_USED.*release/ });
  const units = new UnitService(it.server.parts);
  await units.release(REGISTRY.project, MAC, 'repaired', 'local:test');
  assert.equal((await it.run(again)).device?.registered, 'registered');
});

test('another unit that answers on the console is refused', async () => {
  await using it = await line();
  const job = await jobFor('esp32s3', undefined, { registration: it.registration });
  const flashCells = erasedFlash(0x400000);
  for (const { offset, bytes } of job.firmware) flashCells.set(bytes, offset);
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  const other = new StationBench('esp32s3', { firmwares: FIRMWARES, flashCells, clock: it.bench.clock, mac });
  let serial: SerialPort = it.bench.port;
  const onProgress = (event: StationEvent): void => {
    if (event.type === 'step' && event.step === 'keys') serial = other.port;
  };
  const exchanged: SerialPort = {
    closed: serial.closed,
    hasLines: true,
    get onBytes() {
      return serial.onBytes;
    },
    set onBytes(listener) {
      serial.onBytes = listener;
    },
    write: (bytes) => serial.write(bytes),
    setBaud: (baud) => serial.setBaud(baud),
    setLines: (lines) => serial.setLines(lines),
  };
  await assert.rejects(it.run(job, { serial: exchanged, onProgress }), { code: 'UNIT_EXCHANGED' });
  await other.chip.powerOff();
});

test('three keys that the station makes are sent, proven and registered with their ends', async () => {
  await using it = await line();
  const keyExpiriesMs = [undefined, 1_900_000_000_000, 2_000_000_000_000];
  const registration = { ...it.registration, keyCount: 3, keysMadeBy: 'station' as const, keyExpiriesMs };
  const { device } = await it.run(await jobFor('esp32s3', 'production', { registration }));
  const { credentials } = await it.server.devices.get(deviceName('pump-1'));
  assert.deepEqual(
    credentials.map(({ pem, expiresAtMs }) => [pem, expiresAtMs]),
    device?.publicKeys.map((pem, at) => [pem, keyExpiriesMs[at]]),
  );
  assert.equal(new Set(device?.publicKeys).size, 3);
});

test('a finished unit takes no second install', async () => {
  await using it = await line();
  await it.run(await jobFor('esp32s3', 'production', { registration: it.registration }));
  const ports = portsOf(it.bench);
  using console = await it.bench.inTime(DeviceConsole.start(ports));
  const second = installKeys({
    line: console,
    clock: it.bench.clock,
    random: ports.random,
    crypto: webInstallCrypto,
    factory: {
      deviceName: formatDeviceName(deviceName('thief')),
      host: 'h',
      port: 1,
      caPem: it.registration.platform.caPem,
    },
    bridgeId: BRIDGE_ID,
    keyCount: 1,
    madeBy: 'device',
  });
  await assert.rejects(it.bench.inTime(second), { code: 'KEY_INSTALL_NO_ANSWER' });
  assert.equal(console.closedDigest, (await it.book.findPage(MAC)).installed?.digest);
});

test('at a port without reset lines a person presses the buttons, and the unit becomes a locked device', async () => {
  await using it = await line();
  const pressed: string[] = [];
  const onProgress = (event: StationEvent): void => {
    if (event.type !== 'press') return;
    pressed.push(event.button);
    const isBoot = event.button === 'boot and reset';
    void it.bench.chip.powerOff().then(() => it.bench.chip.powerOn(isBoot));
  };
  const serial = new ChipSerialPort(it.bench.chip, false);
  const job = await jobFor('esp32s3', 'production', { registration: it.registration });
  const { device } = await it.run(job, { serial, onProgress });
  assert.equal(device?.registered, 'registered');
  assert.deepEqual(pressed, ['boot and reset', 'reset', 'boot and reset']);
});

test('on a line with one bit in 10,000 wrong a unit gets its keys and is registered', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    await using it = await line({ faults: { line: lineNoise(1e-4, seed) } });
    const keysMadeBy = seed % 2 === 0 ? 'device' : 'station';
    const registration = { ...it.registration, keyCount: 3, keysMadeBy } as const;
    const { device } = await it.run(await jobFor('esp32s3', undefined, { registration }));
    assert.equal(device?.registered, 'registered', `seed ${seed}`);
  }
});
