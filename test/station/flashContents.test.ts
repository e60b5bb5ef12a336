import { REFERENCE_PARTITIONS } from '@mkiot/board/chip/app/reference/referenceFlash';
import { FlashCache } from '@mkiot/board/chip/boot/flashCache';
import { erasedFlash } from '@mkiot/board/chip/flash/flashMemory';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { decryptNvs } from '@mkiot/esp32/nvs/nvsCipher';
import { parseNvsKeys } from '@mkiot/esp32/nvs/nvsKeys';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import { DEFAULT_PARTITION_TABLE_OFFSET, type Partition } from '@mkiot/esp32/partitionTable/partition';
import type { DeviceNvs, Job } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { provisioningBench } from '@mkiot/server/provisioning/provisioning.testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf, starts } from './stationJob.ts';
import { registerAt, registrationBy } from './stationRegistration.ts';

const MAC = 'a0:b1:c2:d3:e4:f5';
const UNIT_PLACE = { offset: 0x3f0000, size: 0x10000 };

/** The layout of the reference device with an NVS partition for values of the unit behind its outbox. */
const PARTITIONS: readonly Partition[] = REFERENCE_PARTITIONS.flatMap((partition) => {
  if (partition.name !== 'outbox') return [partition];
  const unit = { ...partition, ...UNIT_PLACE, name: 'unit', subtype: 2, encrypted: false };
  return [{ ...partition, size: UNIT_PLACE.offset - partition.offset }, unit];
});

const SERIAL_OF_MAC: DeviceNvs = {
  partition: 'unit',
  rows: ({ mac }) => [{ namespace: 'unit' }, { key: 'serial', type: 'string', value: `SN-${mac}` }],
};

function withTable(job: Job, partitions: readonly Partition[]): Job {
  const isTable = (offset: number): boolean => offset === DEFAULT_PARTITION_TABLE_OFFSET;
  const bytes = buildPartitionTable(partitions, true);
  return { ...job, firmware: job.firmware.map((part) => (isTable(part.offset) ? { ...part, bytes } : part)) };
}

/** The serial number in the partition `unit`, as firmware on this chip reads it. */
async function serialNumber({ chip }: StationBench): Promise<unknown> {
  const raw = chip.flash.read(UNIT_PLACE.offset, UNIT_PLACE.size);
  const cache = await FlashCache.open(chip.flash, chip.efuses, portableAes);
  const keys = PARTITIONS.find(({ name }) => name === 'nvs_keys') ?? assert.fail('no nvs_keys');
  const image = cache.isEncrypted
    ? decryptNvs(raw, parseNvsKeys(cache.read(keys.offset, keys.size)), portableAes)
    : raw;
  return nvsRecords(parseNvs(image)).find(({ namespace, key }) => namespace === 'unit' && key === 'serial')?.value;
}

for (const [profile, encryption] of [
  [undefined, 'host'],
  ['development', 'host'],
  ['production', 'host'],
  ['production', 'first-boot'],
] as const) {
  test(`values of a unit lie in its NVS partition: ${profile ?? 'plain'}, encrypted by ${encryption}`, async () => {
    const bench = new StationBench('esp32s3', { firmwares: FIRMWARES });
    const book = memoryUnitBook();
    const job = withTable(await jobFor('esp32s3', profile, { deviceNvs: SERIAL_OF_MAC }, encryption), PARTITIONS);
    await bench.inTime(provisionUnit(job, portsOf(bench, { book })));
    assert.equal(await serialNumber(bench), `SN-${MAC}`);
    const isInClear = new TextDecoder('latin1').decode(bench.chip.flash.read(0, 0x400000)).includes(`SN-${MAC}`);
    assert.equal(isInClear, profile === undefined);
    const { nvs } = await book.findKeys(MAC);
    assert.equal(nvs?.length, profile === undefined ? undefined : 64);
    // The firmware keeps its own NVS under the same keys.
    await starts(bench, /factory state/);
    assert.equal(await serialNumber(bench), `SN-${MAC}`);
    await bench.chip.powerOff();
  });
}

test('values without a place, or without keys on a chip that encrypts, are refused before anything is done', async () => {
  const without = (name: string) => PARTITIONS.filter((partition) => partition.name !== name);
  for (const [profile, partitions, code] of [
    [undefined, without('unit'), 'UNIT_NVS_PARTITION_MISSING'],
    ['production', without('nvs_keys'), 'UNIT_NVS_KEYS_MISSING'],
  ] as const) {
    const bench = new StationBench('esp32s3', {});
    const before = bench.chip.efuses.trueBits();
    const job = withTable(await jobFor('esp32s3', profile, { deviceNvs: SERIAL_OF_MAC }), partitions);
    await assert.rejects(bench.inTime(provisionUnit(job, portsOf(bench))), { code });
    assert.deepEqual(bench.chip.efuses.trueBits(), before);
    assert.ok(bench.chip.flash.read(0, 0x400000).every((byte) => byte === 0xff));
    await bench.chip.powerOff();
  }
});

test('a unit that has its keys keeps what lies in its NVS partitions, whatever firmware is written', async () => {
  await using server = await provisioningBench();
  const registration = registrationBy(await server.enrolStation());
  const bench = new StationBench('esp32s3', { firmwares: FIRMWARES });
  const ports = portsOf(bench, { register: registerAt(server) });
  const job = await jobFor('esp32s3', 'development', { registration });
  const first = await bench.inTime(provisionUnit(job, ports));
  const nvs = PARTITIONS.find(({ name }) => name === 'nvs') ?? assert.fail('no nvs');
  const other = { name: 'other nvs', offset: nvs.offset, bytes: erasedFlash(0x10000).subarray(0, 0x3000) };
  const again = { ...job, firmware: [...job.firmware, other] };
  assert.deepEqual((await bench.inTime(provisionUnit(again, ports))).device, first.device);
  await bench.chip.powerOff();
});

test('what lies in a used flash is told, and is gone where the job says erase', async () => {
  const leftover = new TextEncoder().encode('password=hunter2');
  const flashCells = erasedFlash(0x400000);
  flashCells.set(leftover, 0x200000);
  const problems = async (job: Job) => {
    const bench = new StationBench('esp32s3', { firmwares: FIRMWARES, flashCells });
    const { audits } = await bench.inTime(provisionUnit(job, portsOf(bench)));
    await bench.chip.powerOff();
    return [audits.before, audits.after].map(({ devices }) => devices[0]?.problems.map(({ code }) => code));
  };
  const job = await jobFor('esp32s3', undefined);
  assert.deepEqual(await problems(job), [['UNIT_FLASH_USED'], ['UNIT_FLASH_USED']]);
  assert.deepEqual(flashCells.subarray(0x200000, 0x200000 + leftover.length), leftover);
  assert.deepEqual(await problems({ ...job, erase: true }), [[], []]);
  assert.ok(flashCells.subarray(0x200000).every((byte) => byte === 0xff));
});

test('a chip that encrypts with a key that nobody has is not even erased', async () => {
  const bench = new StationBench('esp32s3', { burned: { SPI_BOOT_CRYPT_CNT: 1 }, flashCells: sown() });
  const job = await jobFor('esp32s3', undefined, { mayBeUsed: true, erase: true });
  await assert.rejects(bench.inTime(provisionUnit(job, portsOf(bench))), { code: 'UNIT_ENCRYPTS' });
  assert.deepEqual(bench.chip.flash.read(0, 0x400000), sown());
  await bench.chip.powerOff();
});

function sown(): Uint8Array<ArrayBuffer> {
  return concatBytes(new Uint8Array(0x1000).fill(0x5a), erasedFlash(0x3ff000));
}
