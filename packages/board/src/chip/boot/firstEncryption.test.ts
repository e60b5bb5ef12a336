import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ESP32C3 } from '@mkiot/esp32/chips/esp32c3';
import { ESP32S3 } from '@mkiot/esp32/chips/esp32s3';
import { BootRig, partition, REVISION_3, type RigOptions } from '../bootRig.testing.ts';
import type { FlashStep } from '../flash/flashFaults.ts';
import { efuseNumber } from './efuseFields.ts';
import { isFlashEncryptionOn } from './flashKey.ts';

const DEVELOPMENT: RigOptions = {
  bootloader: { flashEncryption: 'development', leftOpen: ['SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC'] },
};
/** Three sectors to encrypt: bootloader, table, app. */
const SMALL = [partition('factory', 0, 0, 0x10000, 0x1000)];
const BRICKED = /invalid header: 0x[0-9a-f]{8}/;

/** A cut at the step with this number, with half of it done. */
function cutAt(
  number: number,
  fraction = 0.5,
): { readonly steps: FlashStep[]; cutDuring(step: FlashStep): number | undefined; damage(): void } {
  const steps: FlashStep[] = [];
  return {
    steps,
    cutDuring(step) {
      steps.push(step);
      return steps.length - 1 === number ? fraction : undefined;
    },
    damage: () => undefined,
  };
}

test('the first boot makes a key that nobody can read, encrypts, and burns the counter last', async () => {
  const rig = await BootRig.flashed(DEVELOPMENT);
  await rig.bootUntil('blink 1.0.0');
  const dump = rig.hardware.efuse.readable();
  assert.ok(isFlashEncryptionOn(dump));
  assert.ok(
    dump.blocks[1]?.every((byte) => byte === 0),
    'software reads no key',
  );
  assert.ok(
    rig.hardware.efuse.trueKey(1).some((byte) => byte !== 0),
    'the hardware has one',
  );
  assert.notEqual(rig.cells[0x1000], 0xe9);
  assert.notEqual(rig.cells[0x10000], 0xe9);
  const { lines } = rig;
  const counter = lines.findLastIndex((line) => line.startsWith('I efuse: BURN BLOCK0'));
  assert.ok(counter > lines.findLastIndex((line) => line.includes('Done encrypting')));
  assert.ok(lines.includes('I flash_encrypt: flash encryption is enabled (3 plaintext flashes left)'));
});

test('release mode burns the whole counter: no plaintext flash is left, and all doors are closed', async () => {
  const rig = await BootRig.flashed({ bootloader: { flashEncryption: 'release' }, partitions: SMALL });
  await rig.bootUntil('blink 1.0.0');
  const dump = rig.hardware.efuse.readable();
  assert.equal(efuseNumber(dump, 'FLASH_CRYPT_CNT'), 0x7f);
  for (const field of [
    'DISABLE_DL_ENCRYPT',
    'DISABLE_DL_DECRYPT',
    'DISABLE_DL_CACHE',
    'JTAG_DISABLE',
    'CONSOLE_DEBUG_DISABLE',
  ]) {
    assert.equal(efuseNumber(dump, field), 1, field);
  }
  assert.ok(rig.lines.includes('I flash_encrypt: flash encryption is enabled (0 plaintext flashes left)'));
  assert.ok(rig.lines.includes('I flash_encrypt: Flash encryption mode is RELEASE'));
});

test('what is left open is said and not burned', async () => {
  const leftOpen = ['SECURE_BOOT_ALLOW_JTAG', 'SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC'] as const;
  const rig = await BootRig.flashed({ bootloader: { flashEncryption: 'development', leftOpen }, partitions: SMALL });
  await rig.bootUntil('blink 1.0.0');
  const dump = rig.hardware.efuse.readable();
  assert.equal(efuseNumber(dump, 'JTAG_DISABLE'), 0);
  assert.equal(efuseNumber(dump, 'DISABLE_DL_DECRYPT'), 0);
  assert.equal(efuseNumber(dump, 'DISABLE_DL_ENCRYPT'), 1);
  assert.ok(rig.lines.includes('W flash_encrypt: Not disabling JTAG - SECURITY COMPROMISED'));
  assert.ok(rig.lines.includes('W flash_encrypt: Not disabling UART bootloader decryption - SECURITY COMPROMISED'));
});

test('a power cut before the first erase is resumed with the key that is there', async () => {
  const rig = await BootRig.flashed({ ...DEVELOPMENT, partitions: SMALL, flashFaults: cutAt(0, 0) });
  await rig.bootUntil('never');
  await rig.bootUntil('blink 1.0.0');
  assert.ok(rig.lines.includes('I flash_encrypt: Using pre-loaded flash encryption key in efuse'));
});

const STEPS_OF_A_SECTOR = 17;
for (const [sector, what] of ['bootloader', 'partition table', 'app'].entries()) {
  for (const step of [0, 1, 9, 16]) {
    test(`a power cut at step ${step} of the sector of the ${what} bricks the chip, as it does a real one`, async () => {
      const faults = cutAt(sector * STEPS_OF_A_SECTOR + step);
      const rig = await BootRig.flashed({ ...DEVELOPMENT, partitions: SMALL, flashFaults: faults });
      await rig.bootUntil('never');
      assert.ok(!isFlashEncryptionOn(rig.hardware.efuse.readable()));
      await rig.bootUntil('rst:0x10 (RTCWDT_RTC_RESET)');
      assert.match(rig.printed.slice(rig.printed.lastIndexOf('rst:0x1 ')), BRICKED);
      assert.equal(rig.started.length, 0);
    });
  }
}

test('every sector of all partitions is a point of no return', async () => {
  const whole = cutAt(-1);
  const example = await BootRig.flashed({ ...DEVELOPMENT, flashFaults: whole });
  await example.bootUntil('blink 1.0.0');
  const erases = whole.steps.flatMap(({ operation }, index) => (operation === 'erase' ? [index] : []));
  assert.equal(erases.length, 1 + 1 + 1 + 2 + 16);
  for (const number of erases) {
    const rig = await BootRig.flashed({ ...DEVELOPMENT, flashFaults: cutAt(number) });
    await rig.bootUntil('never');
    await rig.bootUntil('invalid header');
    assert.equal(rig.started.length, 0);
  }
});

test('all encrypted and no counter burned is a brick; plaintext flashed again ends well, with the same key', async () => {
  let burns = 0;
  const rig = await BootRig.flashed({
    ...DEVELOPMENT,
    partitions: SMALL,
    efuseFaults: {
      burning(_, bits) {
        burns += 1;
        if (burns === 3) bits.fill(0);
        return burns === 3;
      },
    },
  });
  const plain = rig.cells.slice();
  await rig.bootUntil('never');
  const key = rig.hardware.efuse.trueKey(1);
  await rig.bootUntil('invalid header');
  rig.put(0, plain);
  await rig.bootUntil('blink 1.0.0');
  assert.deepEqual(rig.hardware.efuse.trueKey(1), key);
});

test('a key that was burned and not protected when the power went stops the first boot', async () => {
  let burns = 0;
  const rig = await BootRig.flashed({
    ...DEVELOPMENT,
    partitions: SMALL,
    efuseFaults: { burning: () => ++burns === 1 },
  });
  await rig.bootUntil('never');
  await rig.bootUntil('No bootable app partitions');
  assert.ok(
    rig.lines.includes(
      'E flash_encrypt: Invalid key state, check read&write protection for key and keypurpose(if exists)',
    ),
  );
  assert.ok(rig.lines.includes('E boot: Flash encryption check failed (259).'));
  assert.equal(rig.cells[0x1000], 0xe9, 'nothing was encrypted');
});

test('plaintext flashed onto an encrypted chip is noise to it', async () => {
  const rig = await BootRig.flashed({ ...DEVELOPMENT, partitions: SMALL });
  const plain = rig.cells.slice();
  await rig.bootUntil('blink 1.0.0');
  rig.put(0x10000, plain.subarray(0x10000, 0x11000));
  await rig.bootUntil('No bootable app partitions');
  assert.ok(rig.lines.some((line) => line.startsWith('E esp_image: image at 0x10000 has invalid magic byte')));
  rig.put(0x1000, plain.subarray(0x1000, 0x2000));
  await rig.bootUntil('rst:0x10');
  assert.match(rig.printed, BRICKED);
});

test('a flash of another chip, with another key, does not boot', async () => {
  const one = await BootRig.flashed({ ...DEVELOPMENT, partitions: SMALL });
  await one.bootUntil('blink 1.0.0');
  const other = await BootRig.flashed({ ...DEVELOPMENT, partitions: SMALL, seed: 2 });
  await other.bootUntil('blink 1.0.0');
  other.put(0, one.cells);
  await other.bootUntil('invalid header');
});

test('the first boot of v4.2 burns step by step and says so in its words', async () => {
  const rig = await BootRig.flashed({
    bootloader: { idfVersion: 'v4.2.2', flashEncryption: 'release' },
    partitions: SMALL,
  });
  await rig.bootUntil('blink 1.0.0');
  assert.ok(rig.lines.includes('I flash_encrypt: Read & write protecting new key...'));
  assert.ok(rig.lines.includes('I flash_encrypt: Write protecting FLASH_CRYPT_CNT eFuse'));
  assert.ok(rig.lines.includes('I flash_encrypt: flash encryption is enabled (0 plaintext flashes left)'));
  assert.ok(!rig.lines.some((line) => line.includes('BURN BLOCK')));
});

for (const chip of [ESP32S3, ESP32C3]) {
  test(`an ${chip.label} encrypts with XTS-AES under a key block of its own`, async () => {
    const rig = await BootRig.flashed({ chip, bootloader: { flashEncryption: 'development' }, partitions: SMALL });
    await rig.bootUntil('blink 1.0.0');
    const dump = rig.hardware.efuse.readable();
    assert.equal(efuseNumber(dump, 'KEY_PURPOSE_0'), 4);
    assert.equal(efuseNumber(dump, 'SPI_BOOT_CRYPT_CNT'), 1);
    assert.ok(dump.blocks[4]?.every((byte) => byte === 0));
    assert.ok(rig.lines.includes('I efuse: Writing EFUSE_BLK_KEY0 with purpose 4'));
    assert.ok(rig.lines.includes('I flash_encrypt: flash encryption is enabled (1 plaintext flashes left)'));
    assert.notEqual(rig.cells[0], 0xe9);
    assert.ok(rig.printed.startsWith(`ESP-ROM:${chip.name}`));
  });
}

test('silicon before v3 tells of a blank flash in other words', async () => {
  const rig = new BootRig({ burned: [REVISION_3[0]] });
  await rig.bootUntil('flash read err, 1000');
  assert.deepEqual(rig.lines.slice(0, 2), ['ets Jun  8 2016 00:22:57', '']);
});
