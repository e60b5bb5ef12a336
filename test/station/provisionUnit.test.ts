import type { FieldValues } from '@mkiot/board/chip/efuse/burnFields';
import { flashEncryptionState, secureBootIsOn } from '@mkiot/esp32/efuse/readFuse';
import { gapsTo } from '@mkiot/esp32/plan/goal';
import { PROFILES } from '@mkiot/esp32/plan/profiles';
import type { Job } from '@mkiot/esp32/station/job';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import type { UnitBook } from '@mkiot/esp32/station/unitBook';
import type { UnitResult } from '@mkiot/esp32/station/unitResult';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf, starts } from './stationJob.ts';

const provision = (bench: StationBench, job: Job, book?: UnitBook): Promise<UnitResult> =>
  bench.inTime(provisionUnit(job, portsOf(bench, book && { book })));

for (const name of ['esp32', 'esp32s3', 'esp32c3'] as const) {
  test(`a blank ${name} gets firmware as it is, and runs it`, async () => {
    const bench = new StationBench(name, { firmwares: FIRMWARES });
    const { burned, mac } = await provision(bench, await jobFor(name, undefined));
    assert.deepEqual([burned, mac], [[], 'a0:b1:c2:d3:e4:f5']);
    await starts(bench, /reference firmware 1\.2\.3/);
    await bench.chip.powerOff();
  });

  for (const profile of ['development', 'production'] as const) {
    test(`a blank ${name} becomes a device for ${profile}, and runs firmware that was encrypted on the host`, async () => {
      const bench = new StationBench(name, { firmwares: FIRMWARES });
      const { burned } = await provision(bench, await jobFor(name, profile));
      assert.ok(burned.includes('flash-key') && burned.includes('counter'));
      const efuses = bench.chip.efuses.trueBits();
      assert.deepEqual(gapsTo(PROFILES[profile], efuses), []);
      assert.equal(flashEncryptionState(efuses)?.isPermanent, profile === 'production');
      assert.equal(secureBootIsOn(efuses, 2), profile === 'production');
      await starts(bench, /factory state/);
      await bench.chip.powerOff();
    });
  }
}

const refused: readonly (readonly [what: string, code: string, burned: FieldValues, change: Partial<Job>])[] = [
  ['with another MAC address than the one named', 'UNIT_NOT_EXPECTED', {}, { mac: '00:11:22:33:44:55' }],
  ['of another kind than the firmware', 'FIRMWARE_OTHER_CHIP', {}, { firmwareChip: 'esp32c3' }],
  ['that holds something in a key block', 'UNIT_NOT_BLANK', { BLOCK_KEY2: Uint8Array.of(1, 2, 3) }, {}],
  ['that encrypts, for firmware in plaintext', 'UNIT_ENCRYPTS', { SPI_BOOT_CRYPT_CNT: 1 }, { mayBeUsed: true }],
  ['in secure download mode', 'UNIT_CLOSED', { ENABLE_SECURITY_DOWNLOAD: 1 }, {}],
  [
    'whose flash is too small',
    'UNIT_FLASH_SMALL',
    {},
    { firmware: [{ name: 'app.bin', offset: 0x3ff000, bytes: new Uint8Array(0x2000) }] },
  ],
];

for (const [what, code, burned, change] of refused) {
  test(`a unit ${what} is refused, and nothing on it changes`, async () => {
    const bench = new StationBench('esp32s3', { burned });
    const before = bench.chip.efuses.trueBits();
    await assert.rejects(provision(bench, await jobFor('esp32s3', undefined, change)), { code });
    assert.deepEqual(bench.chip.efuses.trueBits(), before);
    assert.ok(bench.chip.flash.read(0, bench.chip.flash.size).every((byte) => byte === 0xff));
    await bench.chip.powerOff();
  });
}

for (const [what, hidden] of [
  ['another flash key', {}],
  ['a hidden flash key that nobody has', { RD_DIS: 1 }],
] as const) {
  test(`a chip with ${what} is refused, and nothing is burned`, async () => {
    const burned = { KEY_PURPOSE_0: 4, BLOCK_KEY0: new Uint8Array(32).fill(0x77), ...hidden };
    const bench = new StationBench('esp32s3', { burned });
    const before = bench.chip.efuses.trueBits();
    const job = await jobFor('esp32s3', 'development', { mayBeUsed: true });
    await assert.rejects(provision(bench, job), { code: 'UNIT_OTHER_KEY' });
    assert.deepEqual(bench.chip.efuses.trueBits(), before);
    await bench.chip.powerOff();
  });
}

test('nothing is burned and nothing is written before the plan is confirmed', async () => {
  const bench = new StationBench('esp32', {});
  const before = bench.chip.efuses.trueBits();
  const refusal = new Error('no');
  const ports = portsOf(bench, { confirm: () => Promise.reject(refusal) });
  await assert.rejects(bench.inTime(provisionUnit(await jobFor('esp32', 'production'), ports)), refusal);
  assert.deepEqual(bench.chip.efuses.trueBits(), before);
  assert.ok(bench.chip.flash.read(0, 0x20000).every((byte) => byte === 0xff));
  await bench.chip.powerOff();
});

test('secure boot without a signing key and a flash key of the wrong length are refused before anything is burned', async () => {
  const job = await jobFor('esp32', 'production');
  const { security } = job;
  assert.ok(security);
  for (const [given, keys, code] of [
    [undefined, {}, 'STATION_SIGNING_KEY_MISSING'],
    [security.signer, { flash: new Uint8Array(31) }, 'STATION_KEY_LENGTH'],
  ] as const) {
    const bench = new StationBench('esp32', {});
    const before = bench.chip.efuses.trueBits();
    const book = memoryUnitBook();
    await book.keepKeys('a0:b1:c2:d3:e4:f5', keys);
    await assert.rejects(provision(bench, { ...job, security: { ...security, signer: given } }, book), { code });
    assert.deepEqual(bench.chip.efuses.trueBits(), before);
    await bench.chip.powerOff();
  }
});
