import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Power } from '../power.ts';
import type { FlashFaults, FlashStep } from './flashFaults.ts';
import { BLOCK_BYTES, erasedFlash, FlashMemory, type FlashOptions, SECTOR_BYTES } from './flashMemory.ts';
import { FLASH_TIMINGS } from './flashTiming.ts';

const SIZE = 0x20000;

function newFlash(options: Partial<FlashOptions> = {}) {
  const clock = new VirtualClock();
  const power = new Power();
  const cells = erasedFlash(SIZE);
  const flash = new FlashMemory({ cells, timing: FLASH_TIMINGS.unthrottled, clock, power, ...options });
  return { clock, power, flash };
}

/** Cuts the power during the step with this number, counted from 0. */
function cutAtStep(number: number, fraction: number): FlashFaults {
  let steps = 0;
  return { cutDuring: () => (steps++ === number ? fraction : undefined), damage: () => {} };
}

test('programming only clears bits, erasing sets them all', async () => {
  const { flash } = newFlash();
  await flash.program(0x1ffe, Uint8Array.of(0xf0, 0x0f, 0x3c));
  await flash.program(0x1ffe, Uint8Array.of(0x3c, 0xff, 0x3c));
  assert.deepEqual([...flash.read(0x1ffd, 5)], [0xff, 0x30, 0x0f, 0x3c, 0xff]);
  await flash.eraseSector(0x1000);
  assert.deepEqual([...flash.read(0x1ffd, 5)], [0xff, 0xff, 0xff, 0x3c, 0xff]);
});

test('what is programmed anywhere is the and of all that was programmed there', async () => {
  const write = fc.record({
    address: fc.integer({ min: 0, max: SIZE - 600 }),
    bytes: fc.uint8Array({ maxLength: 600 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 8 }), async (writes) => {
      const { flash } = newFlash();
      const expected = erasedFlash(SIZE);
      for (const { address, bytes } of writes) {
        await flash.program(address, bytes);
        for (const [index, byte] of bytes.entries()) expected[address + index]! &= byte;
      }
      assert.deepEqual(flash.read(0, SIZE), expected);
    }),
    { numRuns: 30 },
  );
});

test('pages, sectors, blocks and the whole chip take the time of the data sheet', async () => {
  const { flash, clock } = newFlash({ timing: FLASH_TIMINGS.W25Q32JV });
  const took = async (work: () => Promise<void>): Promise<number> => {
    const startMs = clock.monotonic();
    let endMs = 0;
    const done = work().then(() => (endMs = clock.monotonic()));
    await clock.advanceAsync(10_000);
    await done;
    return endMs - startMs;
  };
  assert.equal(await took(() => flash.program(0, new Uint8Array(0xa00))), 4);
  assert.equal(await took(() => flash.program(0xff, new Uint8Array(2))), 1);
  assert.equal(await took(() => flash.eraseSector(0x1000)), 45);
  assert.equal(await took(() => flash.eraseBlock(0x10000)), 150);
  assert.equal(await took(() => flash.eraseAll()), 313);
});

test('the power cut in the middle of programming leaves what came before it', async () => {
  const { flash, power, clock } = newFlash({ timing: FLASH_TIMINGS.W25Q32JV });
  const programmed = flash.program(0, new Uint8Array(SECTOR_BYTES));
  const refused = assert.rejects(programmed, { code: 'CHIP_POWER_LOST', message: /busy with its flash at 0x0/ });
  await clock.advanceAsync(3);
  power.cut();
  await refused;
  assert.equal(flash.read(0, SECTOR_BYTES).indexOf(0xff), 7.5 * 0x100);
  await assert.rejects(flash.eraseSector(0), { code: 'CHIP_POWER_LOST' });
  power.on();
  const erased = flash.eraseSector(0);
  await clock.advanceAsync(45);
  await erased;
  assert.ok(flash.read(0, SECTOR_BYTES).every((byte) => byte === 0xff));
});

for (let sector = 0; sector < 4; sector++) {
  test(`a power cut while sector ${sector} of four is erased leaves it between, and the next as they were`, async () => {
    const cells = new Uint8Array(SIZE);
    const { flash, power } = newFlash({ cells, faults: cutAtStep(sector, 0.5) });
    const erase = async (): Promise<void> => {
      for (let at = 0; at < 4; at++) await flash.eraseSector(at * SECTOR_BYTES);
    };
    await assert.rejects(erase(), { code: 'CHIP_POWER_LOST' });
    assert.ok(!power.isOn);
    const kinds = [0, 1, 2, 3].map((at) => {
      const bytes = flash.read(at * SECTOR_BYTES, SECTOR_BYTES);
      if (bytes.every((byte) => byte === 0xff)) return 'erased';
      return bytes.every((byte) => byte === 0) ? 'old' : 'between';
    });
    const expected = ['erased', 'erased', 'erased', 'erased'].map((kind, at) => (at < sector ? kind : 'old'));
    expected[sector] = 'between';
    assert.deepEqual(kinds, expected);
  });
}

test('each page and each sector is a step that damaged cells can change', async () => {
  const steps: FlashStep[] = [];
  const damage = (step: FlashStep, cells: Uint8Array): void => {
    steps.push(step);
    cells[0]! &= 0x7f;
  };
  const changes: string[] = [];
  const onChange = (address: number, length: number): void => void changes.push(`${address}+${length}`);
  const { flash } = newFlash({ faults: { cutDuring: () => undefined, damage }, onChange });
  await flash.eraseBlock(BLOCK_BYTES);
  await flash.program(0xf0, new Uint8Array(0x20).fill(0xee));
  assert.equal(steps.length, 16 + 2);
  assert.deepEqual(steps.at(-1), { operation: 'program', address: 0x100, length: 0x10 });
  assert.equal(flash.read(BLOCK_BYTES + SECTOR_BYTES, 1)[0], 0x7f);
  assert.deepEqual(changes.slice(-2), ['240+16', '256+16']);
});

for (const [address, length] of [
  [SIZE, 1],
  [SIZE - 1, 2],
  [-1, 1],
] as const) {
  test(`${length} bytes at ${address} are out of a flash of ${SIZE} bytes`, async () => {
    const { flash } = newFlash();
    const error = { code: 'FLASH_OUT_OF_RANGE', message: /not in this flash, which ends at 0x20000/ };
    assert.throws(() => flash.read(address, length), error);
    await assert.rejects(flash.program(address, new Uint8Array(length)), error);
  });
}

test('only whole sectors and blocks are erased, and only those that exist', async () => {
  const { flash } = newFlash();
  await assert.rejects(flash.eraseSector(0x1100), { code: 'FLASH_NOT_ALIGNED' });
  await assert.rejects(flash.eraseBlock(0x1000), { code: 'FLASH_NOT_ALIGNED' });
  await assert.rejects(flash.eraseSector(SIZE), { code: 'FLASH_OUT_OF_RANGE' });
});

test('a flash has a size that flashes have', () => {
  for (const bytes of [0, 0x8000, 0x30000, 0x10000000]) {
    assert.throws(() => newFlash({ cells: new Uint8Array(bytes) }), { code: 'FLASH_SIZE_INVALID' });
  }
});
