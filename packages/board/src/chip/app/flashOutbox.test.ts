import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { portableAes } from '@mkiot/esp32/aes/portableAes';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import fc from 'fast-check';
import { FlashCache } from '../boot/flashCache.ts';
import { partition } from '../bootRig.testing.ts';
import { EfuseController } from '../efuse/efuseController.ts';
import { erasedFlash, FlashMemory } from '../flash/flashMemory.ts';
import { FLASH_TIMINGS } from '../flash/flashTiming.ts';
import { Power } from '../power.ts';
import { FlashOutbox } from './flashOutbox.ts';

const OUTBOX = partition('outbox', 1, 0x40, 0x2000, 0x8000, true);

/** A flash with an outbox partition, under flash encryption or not, whose power goes at step `cutAt`. */
async function bench(isEncrypted: boolean, cutAt = -1) {
  const power = new Power();
  const clock = new VirtualClock();
  const efuse = new EfuseController({ chip: ESP32, power });
  if (isEncrypted) efuse.burn(0, Uint8Array.of(0, 0, 0x10, 0));
  let steps = 0;
  let isArmed = true;
  const flash = new FlashMemory({
    cells: erasedFlash(0x10000),
    timing: FLASH_TIMINGS.unthrottled,
    clock,
    power,
    faults: { cutDuring: () => (isArmed && steps++ === cutAt ? 0.5 : undefined), damage: () => undefined },
  });
  const cache = await FlashCache.open(flash, efuse, portableAes);
  return { power, open: () => new FlashOutbox(cache, OUTBOX), disarm: () => void (isArmed = false) };
}

test('what was appended and replaced is read, also after a restart', async () => {
  const change = fc.tuple(fc.constantFrom('append', 'replace' as const), fc.uint8Array({ maxLength: 700 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 15 }), fc.boolean(), async (changes, isEncrypted) => {
      const { open } = await bench(isEncrypted);
      let expected: Uint8Array = new Uint8Array();
      for (const [how, bytes] of changes) {
        const outbox = open();
        assert.deepEqual(await outbox.read(), expected);
        if (how === 'append') await outbox.append(bytes);
        else await outbox.replace(bytes);
        expected = how === 'append' ? concatBytes(expected, bytes) : bytes;
      }
      assert.deepEqual(await open().read(), expected);
    }),
    { numRuns: 40 },
  );
});

test('a power cut at any step leaves what was there, or what was to be there, and the outbox goes on', async () => {
  const [first, second, third] = [1, 2, 3].map((fill) => new Uint8Array(300).fill(fill)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const whole = [first, concatBytes(first, second), third].map(String);
  for (let cutAt = 3; cutAt < 20; cutAt++) {
    const { open, power, disarm } = await bench(true, cutAt);
    const outbox = open();
    await outbox.read();
    try {
      await outbox.append(first);
      await outbox.append(second);
      await outbox.replace(third);
    } catch (error) {
      assert.ok(error instanceof MkiotError && error.code === 'CHIP_POWER_LOST');
    }
    power.on();
    disarm();
    const kept = await open().read();
    assert.ok(whole.includes(String(kept)), `cut at ${cutAt}: ${kept.length} bytes`);
    const again = open();
    await again.read();
    await again.append(Uint8Array.of(9));
    assert.deepEqual(await open().read(), concatBytes(kept, Uint8Array.of(9)));
  }
});

test('more than a half of the partition is refused, and what was there stays', async () => {
  const { open } = await bench(false);
  const outbox = open();
  await outbox.read();
  await outbox.append(Uint8Array.of(1));
  await assert.rejects(outbox.replace(new Uint8Array(0x4000)), { code: 'OUTBOX_PARTITION_FULL' });
  assert.deepEqual(await open().read(), Uint8Array.of(1));
});
