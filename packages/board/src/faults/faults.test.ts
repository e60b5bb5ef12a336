import { toHex } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { erasedFlash, FlashMemory } from '../chip/flash/flashMemory.ts';
import { FLASH_TIMINGS } from '../chip/flash/flashTiming.ts';
import { Power } from '../chip/power.ts';
import { LoaderBench } from '../chip/virtualChip.testing.ts';
import { damagedEfuses } from './efuseDamage.ts';
import { damagedFlash, type FlashDamage } from './flashDamage.ts';
import { lineNoise } from './lineNoise.ts';
import { seededRandom } from './seededRandom.ts';

function flashWith(damage: FlashDamage): FlashMemory {
  return new FlashMemory({
    cells: erasedFlash(0x10000),
    timing: FLASH_TIMINGS.unthrottled,
    clock: new VirtualClock(),
    power: new Power(),
    faults: damagedFlash(damage),
  });
}

test('a stuck bit neither is erased nor programmed, and its neighbours are', async () => {
  const stuckBits = [
    { address: 0x1002, bit: 3, value: 0 },
    { address: 0x1003, bit: 7, value: 1 },
  ] as const;
  const flash = flashWith({ seed: 1, stuckBits });
  await flash.eraseSector(0x1000);
  assert.deepEqual([...flash.read(0x1000, 5)], [0xff, 0xff, 0xf7, 0xff, 0xff]);
  await flash.program(0x1000, new Uint8Array(5));
  assert.deepEqual([...flash.read(0x1000, 5)], [0, 0, 0, 0x80, 0]);
});

test('a sector holds as many erasures as it is made for, then loses a bit with each', async () => {
  const wear = async (): Promise<readonly number[]> => {
    const flash = flashWith({ seed: 7, endurance: 3 });
    const lost: number[] = [];
    for (let time = 0; time < 6; time++) {
      await flash.eraseSector(0x2000);
      lost.push(flash.read(0x2000, 0x1000).filter((byte) => byte !== 0xff).length);
    }
    await flash.eraseSector(0x3000);
    assert.ok(flash.read(0x3000, 0x1000).every((byte) => byte === 0xff));
    return lost;
  };
  assert.deepEqual(await wear(), [0, 0, 0, 1, 2, 3]);
  assert.deepEqual(await wear(), await wear());
});

for (let step = 0; step < 5; step++) {
  test(`a tool that writes while the power goes at step ${step} leaves a prefix of what it wrote, and can write again`, async () => {
    const data = seededRandom(11)(new Uint8Array(0x400));
    const flash = damagedFlash({ seed: 1, powerCut: { step, fraction: 0.5 } });
    const bench = await new LoaderBench({ faults: { flash } }).ready();
    // One sector is erased, four pages are programmed.
    const write = async (): Promise<boolean> => {
      bench.sendFrame(Uint8Array.of(0, 2, 16, 0, 0, 0, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0x10, 0, 0));
      await bench.clock.advanceAsync(1);
      if (!bench.chip.isOn) return false;
      bench.frames.length = 0;
      const answered = bench.packet(0x03, 0, data);
      await bench.clock.advanceAsync(1);
      return bench.chip.isOn && toHex((await answered).data) === '00000000';
    };
    assert.equal(await write(), false);
    const there = bench.chip.flash.read(0x1000, 0x400);
    const written = Math.max(0, step - 0.5) * 0x100;
    assert.deepEqual(there.slice(0, written), data.slice(0, written));
    assert.ok(there.subarray(written).every((byte) => byte === 0xff));
    await bench.chip.powerOff();
    bench.heard.length = 0;
    bench.frames.length = 0;
    bench.chip.powerOn(true);
    await bench.ready();
    assert.equal(await write(), true);
    assert.deepEqual(bench.chip.flash.read(0x1000, 0x400), data);
  });
}

test('eFuses that stay blank, or are burned in part when the power goes, are as they are', async () => {
  const faults = { efuse: damagedEfuses({ powerCutAtBurn: 1, blankBits: [{ block: 3, bit: 9 }] }) };
  const bench = await new LoaderBench({ faults }).ready();
  bench.chip.efuses.burn(3, Uint8Array.of(0xff, 0xff));
  assert.deepEqual(bench.chip.efuses.readable().blocks[3]?.slice(0, 3), Uint8Array.of(0xff, 0xfd, 0));
  assert.throws(() => bench.chip.efuses.burn(2, Uint8Array.of(0xff)), { code: 'CHIP_POWER_LOST' });
  assert.ok(!bench.chip.isOn);
  await bench.chip.powerOff();
  bench.chip.powerOn(true);
  assert.equal(bench.chip.efuses.trueBits().blocks[2]?.[0], 0x55);
});

test('noise turns about as many bits as its rate says, the same ones with the same seed', () => {
  const bytes = new Uint8Array(100_000);
  const ones = (all: Uint8Array): number =>
    all.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  const noise = lineNoise(1e-3, 5);
  const parts = Array.from({ length: 10 }, (_, index) =>
    noise.disturb(bytes.subarray(index * 10_000, (index + 1) * 10_000)),
  );
  const turned = parts.reduce((sum, part) => sum + ones(part), 0);
  assert.ok(turned > 700 && turned < 900, `${turned} of 800`);
  assert.deepEqual(
    parts[3],
    (() => {
      const again = lineNoise(1e-3, 5);
      for (let time = 0; time < 3; time++) again.disturb(bytes.subarray(0, 10_000));
      return again.disturb(bytes.subarray(0, 10_000));
    })(),
  );
  assert.deepEqual(lineNoise(0, 1).disturb(Uint8Array.of(1, 2)), Uint8Array.of(1, 2));
});

test('on a noisy line a tool that asks again writes right data, or hears that it is wrong', async () => {
  const data = seededRandom(2)(new Uint8Array(4_000));
  const stream = deflateSync(data);
  const bench = await new LoaderBench({ faults: { line: lineNoise(2e-5, 21) } }).ready();
  /** Asks until there is a whole answer without a failure. */
  const ask = async (send: () => Promise<{ readonly opcode: number; readonly data: Uint8Array }>, opcode: number) => {
    for (let tries = 0; tries < 50; tries++) {
      const answers: { readonly opcode: number; readonly data: Uint8Array }[] = [];
      bench.frames.length = 0;
      void send().then((one) => answers.push(one));
      for (let turn = 0; turn < 5 && answers.length === 0; turn++) await bench.clock.advanceAsync(1);
      const [answer] = answers;
      if (answer?.opcode === opcode && answer.data.at(-4) === 0) return answer.data;
    }
    throw new Error('no whole answer in 50 tries');
  };
  for (let round = 0; ; round++) {
    assert.ok(round < 10);
    await ask(() => bench.command(0x10, 4_096, Math.ceil(stream.length / 512), 512, 0x1000), 0x10);
    for (let sequence = 0; sequence * 512 < stream.length; sequence++) {
      await ask(() => bench.packet(0x11, sequence, stream.subarray(sequence * 512, (sequence + 1) * 512)), 0x11);
    }
    await ask(() => bench.command(0x13, 0x1000, 4_000, 0, 0), 0x13);
    if (toHex(bench.chip.flash.read(0x1000, 4_000)) === toHex(data)) return;
  }
});
