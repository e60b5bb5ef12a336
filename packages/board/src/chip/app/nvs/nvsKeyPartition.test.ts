import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import { deviceNvsKeys } from '@mkiot/esp32/nvs/nvsKeys';
import fc from 'fast-check';
import { BootConsole } from '../../boot/bootConsole.ts';
import { FlashCache } from '../../boot/flashCache.ts';
import { chipFlashCipher } from '../../boot/flashKey.ts';
import { partition } from '../../bootRig.testing.ts';
import { EfuseController } from '../../efuse/efuseController.ts';
import { erasedFlash, FlashMemory } from '../../flash/flashMemory.ts';
import { FLASH_TIMINGS } from '../../flash/flashTiming.ts';
import { Power } from '../../power.ts';
import { openNvsKeys } from './nvsKeyPartition.ts';

const NVS_KEYS = partition('nvs_keys', 1, 4, 0x3000, 0x1000, true);
const QUIET = new BootConsole(() => undefined, new VirtualClock());

/** An encrypted chip whose power goes at step `cutAt`. */
async function encryptedChip(cutAt = -1) {
  const power = new Power();
  const efuse = new EfuseController({ chip: ESP32, power });
  efuse.burn(
    1,
    Uint8Array.from({ length: 32 }, (_, index) => 5 * index + 3),
  );
  efuse.burn(0, Uint8Array.of(0x80, 0, 0x11, 0, ...new Uint8Array(19), 0xf0));
  let steps = 0;
  const flash = new FlashMemory({
    cells: erasedFlash(0x10000),
    timing: FLASH_TIMINGS.unthrottled,
    clock: new VirtualClock(),
    power,
    faults: { cutDuring: () => (steps++ === cutAt ? 0.5 : undefined), damage: () => undefined },
  });
  return { power, efuse, cache: await FlashCache.open(flash, efuse, portableAes) };
}

test('a device makes the keys that the toolkit derives from flash key and offset', async () => {
  const { efuse, cache } = await encryptedChip();
  const keys = await openNvsKeys(cache, NVS_KEYS, false, QUIET);
  assert.deepEqual(keys, deviceNvsKeys(await chipFlashCipher(efuse, portableAes), NVS_KEYS.offset, 'from-v4.3'));
  assert.deepEqual(await openNvsKeys(cache, NVS_KEYS, true, QUIET), keys);
});

test('a power cut while keys are made ends, at the next start, with the same keys', async () => {
  const { cache } = await encryptedChip();
  const expected = await openNvsKeys(cache, NVS_KEYS, false, QUIET);
  for (const cutAt of [0, 1, 2]) {
    const chip = await encryptedChip(cutAt);
    await assert.rejects(openNvsKeys(chip.cache, NVS_KEYS, false, QUIET), { code: 'CHIP_POWER_LOST' });
    chip.power.on();
    assert.deepEqual(await openNvsKeys(chip.cache, NVS_KEYS, false, QUIET), expected);
  }
});

test('damaged keys that something is encrypted under are not made anew', async () => {
  const { cache } = await encryptedChip();
  await cache.raw.program(NVS_KEYS.offset, new Uint8Array(64));
  await assert.rejects(openNvsKeys(cache, NVS_KEYS, true, QUIET), { code: 'NVS_KEYS_CRC' });
});

test('any range that is read through the cache is what was written through it', async () => {
  const { cache } = await encryptedChip();
  const plain = Uint8Array.from({ length: 0x1000 }, (_, index) => index * 7);
  await cache.program(0x5000, plain);
  fc.assert(
    fc.property(fc.nat(0xfff), fc.nat(200), (from, length) => {
      const end = Math.min(from + length, 0x1000);
      assert.deepEqual(cache.read(0x5000 + from, end - from), plain.slice(from, end));
    }),
  );
});
