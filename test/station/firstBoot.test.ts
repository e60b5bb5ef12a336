import { flashEncryptionState } from '@mkiot/esp32/efuse/readFuse';
import { provisionUnit } from '@mkiot/esp32/station/provisionUnit';
import { memoryUnitBook } from '@mkiot/esp32/station/memoryUnitBook';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StationBench } from './stationBench.ts';
import { FIRMWARES, jobFor, portsOf } from './stationJob.ts';

const MAC = 'a0:b1:c2:d3:e4:f5';

test('firmware whose bootloader does not encrypt is refused with what it said, and no eFuse was burned', async () => {
  const bench = new StationBench('esp32s3', { firmwares: FIRMWARES });
  const before = bench.chip.efuses.trueBits();
  const { firmware } = await jobFor('esp32s3', undefined);
  const job = { ...(await jobFor('esp32s3', 'development', {}, 'first-boot')), firmware };
  await assert.rejects(bench.inTime(provisionUnit(job, portsOf(bench))), {
    code: 'UNIT_FIRST_BOOT_FAILED',
    message: /after 0 s .* flash encryption is still off.*complains: /,
  });
  assert.deepEqual(bench.chip.efuses.trueBits(), before);
  await bench.chip.powerOff();
});

test('a chip with a part of a flash key of its own is of no use, and that is said', async () => {
  const burned = { KEY_PURPOSE_0: 4, BLOCK_KEY0: Uint8Array.of(1, 2, 3) };
  const bench = new StationBench('esp32s3', { firmwares: FIRMWARES, burned });
  const before = bench.chip.efuses.trueBits();
  const book = memoryUnitBook();
  await book.keepPage(MAC, { isSelfEncrypting: true });
  const job = await jobFor('esp32s3', 'production', {}, 'first-boot');
  await assert.rejects(bench.inTime(provisionUnit(job, portsOf(bench, { book }))), { code: 'UNIT_FLASH_KEY_HALF' });
  assert.deepEqual(bench.chip.efuses.trueBits(), before);
  await bench.chip.powerOff();
});

test('a chip that has encrypted itself takes no other firmware in plain', async () => {
  const bench = new StationBench('esp32s3', { firmwares: FIRMWARES });
  const ports = portsOf(bench);
  const job = await jobFor('esp32s3', 'development', {}, 'first-boot');
  await bench.inTime(provisionUnit(job, ports));
  const flash = bench.chip.flash.read(0, 0x400000);
  assert.equal(flashEncryptionState(bench.chip.efuses.trueBits())?.isOn, true);
  await bench.inTime(provisionUnit(job, ports));
  const more = { name: 'more', offset: 0x200000, bytes: new Uint8Array(16) };
  const other = { ...job, firmware: [...job.firmware, more] };
  await assert.rejects(bench.inTime(provisionUnit(other, ports)), { code: 'UNIT_ENCRYPTS' });
  assert.deepEqual(bench.chip.flash.read(0x200000, 16), flash.slice(0x200000, 0x200010));
  await bench.chip.powerOff();
});
