import { CHIPS } from '@mkiot/esp32/chips/chips';
import type { ChipName } from '@mkiot/esp32/chips/chip';
import { buildEmulatorFile, parseEmulatorFile } from '@mkiot/esp32/efuse/emulatorFile';
import { efuseVector } from '@mkiot/esp32/efuse/efuse.vectors';
import { reedSolomonCheck } from '@mkiot/esp32/efuse/reedSolomon';
import { encodeThreeQuarters } from '@mkiot/esp32/efuse/threeQuartersCoding';
import { fromHex } from '@mkiot/esp32/vectors.testing';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Power } from '../power.ts';
import { burnFields, type FieldValues } from './burnFields.ts';
import { EfuseController, type EfuseOptions } from './efuseController.ts';

function newEfuses(name: ChipName, options: Partial<EfuseOptions> = {}): EfuseController {
  return new EfuseController({ chip: CHIPS[name], power: new Power(), ...options });
}

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const SHORT_KEY = KEY.slice(0, 24);

/** What espefuse burned for each state, in its steps (packages/esp32/src/efuse/vectors/README.md). */
const STATES: readonly { name: string; steps: readonly FieldValues[] }[] = [
  { name: 'esp32-blank', steps: [] },
  {
    name: 'esp32-fe-development',
    steps: [
      { BLOCK1: fromHex('0e66b3e03061aac1f76b588a022bbb6525e3e4ff26673cf78bcfd8b597c55134') },
      { RD_DIS: 1, WR_DIS: 1 << 7 },
      { FLASH_CRYPT_CONFIG: 0xf, FLASH_CRYPT_CNT: 1, DISABLE_DL_DECRYPT: 1, DISABLE_DL_CACHE: 1 },
      { JTAG_DISABLE: 1, CONSOLE_DEBUG_DISABLE: 1 },
    ],
  },
  {
    name: 'esp32c3-fe-development',
    steps: [
      { BLOCK_KEY0: KEY },
      { RD_DIS: 1, WR_DIS: (1 << 23) | (1 << 8), KEY_PURPOSE_0: 4 },
      { SPI_BOOT_CRYPT_CNT: 1, DIS_DOWNLOAD_ICACHE: 1, DIS_PAD_JTAG: 1, DIS_USB_JTAG: 1, DIS_DIRECT_BOOT: 1 },
    ],
  },
];

for (const { name, steps } of STATES) {
  test(`what is burned as espefuse burned ${name} reads back as espefuse's emulator shows it`, () => {
    const chip = name.slice(0, name.indexOf('-')) as ChipName;
    const file = readFileSync(efuseVector(`${name}.virt.bin`));
    const efuses = newEfuses(chip);
    for (const values of steps) burnFields(efuses, values);
    assert.deepEqual(efuses.readable(), parseEmulatorFile(new Uint8Array(file), CHIPS[chip]));
  });
}

test('a read-protected key works inside the chip and reads as zeros, in the emulator file too', () => {
  for (const [chip, block] of [
    ['esp32', 1],
    ['esp32s3', 4],
    ['esp32c3', 4],
  ] as const) {
    const efuses = newEfuses(chip);
    efuses.burn(block, KEY);
    assert.deepEqual(efuses.readable().blocks[block], KEY);
    burnFields(efuses, { RD_DIS: 1 });
    assert.deepEqual(efuses.readable().blocks[block], new Uint8Array(32));
    assert.deepEqual(efuses.trueKey(block), KEY);
    assert.ok(!Buffer.from(buildEmulatorFile(efuses.readable())).includes(Buffer.from(KEY.toReversed())));
  }
});

test('a protection begins when the eFuses are read again, not before', () => {
  const efuses = newEfuses('esp32');
  efuses.program(1, KEY);
  efuses.program(0, Uint8Array.of(0x80, 0, 1));
  assert.deepEqual(efuses.readable().blocks[1], new Uint8Array(32));
  efuses.program(1, Uint8Array.of(0xf0));
  efuses.reload();
  assert.equal(efuses.trueKey(1)[0], 0xf1);
  assert.equal(efuses.readable().blocks[1]?.[0], 0);
  efuses.program(1, Uint8Array.of(0xff));
  efuses.reload();
  assert.equal(efuses.trueKey(1)[0], 0xf1);
});

test('bits only go from zero to one', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 5 }), (burns) => {
      const efuses = newEfuses('esp32');
      const expected = new Uint8Array(32);
      for (const bits of burns) {
        efuses.burn(3, bits);
        for (const [index, byte] of bits.entries()) expected[index]! |= byte;
      }
      assert.deepEqual(efuses.readable().blocks[3], expected);
    }),
  );
});

for (const [field, writeProtectBit] of [
  ['RD_DIS', 0],
  ['WR_DIS', 1],
  ['FLASH_CRYPT_CNT', 2],
  ['UART_DOWNLOAD_DIS', 2],
  ['FLASH_CRYPT_CONFIG', 10],
  ['ABS_DONE_0', 12],
  ['ABS_DONE_1', 13],
  ['JTAG_DISABLE', 14],
  ['DISABLE_DL_DECRYPT', 15],
  ['BLOCK1', 7],
  ['BLOCK2', 8],
] as const) {
  test(`${field} of the ESP32 ignores a burn once WR_DIS bit ${writeProtectBit} is set`, () => {
    const efuses = newEfuses('esp32');
    burnFields(efuses, { WR_DIS: 1 << writeProtectBit });
    const before = efuses.trueBits();
    burnFields(efuses, { [field]: field.startsWith('BLOCK') ? KEY : field === 'WR_DIS' ? 0xffff : 1 });
    assert.deepEqual(efuses.trueBits(), before);
  });
}

test('RD_DIS bit 3 of the ESP32 hides the fields of BLOCK0 that it names, and they still hold', () => {
  const efuses = newEfuses('esp32');
  burnFields(efuses, { FLASH_CRYPT_CONFIG: 0xf, CODING_SCHEME: 1, KEY_STATUS: 1, FLASH_CRYPT_CNT: 1, RD_DIS: 8 });
  const word = (dump: { blocks: readonly Uint8Array[] }, at: number) =>
    new DataView(dump.blocks[0]!.slice().buffer).getUint32(at * 4, true);
  assert.deepEqual([word(efuses.readable(), 5), word(efuses.readable(), 6)], [0, 0]);
  assert.equal(word(efuses.trueBits(), 5) >>> 28, 0xf);
  assert.equal(word(efuses.trueBits(), 6), 0x401);
});

test('with coding scheme 3/4 a block holds 24 bytes, and firmware need not know how they are coded', () => {
  const efuses = newEfuses('esp32');
  burnFields(efuses, { CODING_SCHEME: 1 });
  efuses.burn(1, SHORT_KEY);
  assert.deepEqual(efuses.trueKey(1), SHORT_KEY);
  assert.throws(() => efuses.burn(2, KEY), { code: 'EFUSE_BURN_TOO_LONG' });
  efuses.program(2, encodeThreeQuarters(SHORT_KEY));
  efuses.reload();
  assert.deepEqual(efuses.trueKey(2), SHORT_KEY);
  assert.ok(!efuses.isBroken(2));
  efuses.program(3, KEY);
  efuses.reload();
  assert.ok(efuses.isBroken(3));
});

test('with coding scheme repeat a block holds its 16 bytes twice', () => {
  const efuses = newEfuses('esp32');
  burnFields(efuses, { CODING_SCHEME: 2 });
  efuses.burn(1, KEY.subarray(0, 16));
  assert.deepEqual(efuses.trueKey(1), KEY.slice(0, 16));
  assert.ok(!efuses.isBroken(1));
  efuses.program(1, Uint8Array.of(0xff));
  efuses.reload();
  assert.ok(efuses.isBroken(1));
});

test('a block with Reed-Solomon coding is burned once: firmware is refused, registers break it', () => {
  const efuses = newEfuses('esp32s3');
  efuses.burn(5, KEY);
  assert.throws(() => efuses.burn(5, Uint8Array.of(0x80)), { code: 'EFUSE_BLOCK_WRITTEN', message: /block 5/ });
  assert.ok(!efuses.isBroken(5));
  const more = new Uint8Array(32).fill(0x80);
  efuses.program(5, new Uint8Array([...more, ...reedSolomonCheck(more)]));
  efuses.reload();
  assert.ok(efuses.isBroken(5));
  efuses.burn(6, KEY);
  assert.deepEqual(efuses.trueKey(6), KEY);
});

test('eFuses that are kept and taken up again are the same, hidden bits and coding too', () => {
  for (const name of ['esp32', 'esp32c3', 'esp32s3'] as const) {
    const efuses = newEfuses(name);
    efuses.burn(name === 'esp32' ? 1 : 4, KEY);
    burnFields(efuses, { RD_DIS: 1 });
    const again = newEfuses(name, { burned: efuses.trueBits() });
    assert.deepEqual(again.trueBits(), efuses.trueBits());
    assert.deepEqual(again.readable(), efuses.readable());
  }
});

test('a fault can leave bits blank, and cut the power while a block is burned', () => {
  const power = new Power();
  let changes = 0;
  const faults = {
    burning: (block: number, bits: Uint8Array) => {
      bits.fill(0, 16);
      return block === 2;
    },
  };
  const efuses = newEfuses('esp32', { power, faults, onChange: () => changes++ });
  efuses.burn(1, KEY);
  assert.deepEqual(efuses.readable().blocks[1]?.subarray(14, 18), Uint8Array.of(15, 16, 0, 0));
  assert.throws(() => efuses.burn(2, KEY), { code: 'CHIP_POWER_LOST', message: /burning eFuse block 2/ });
  assert.throws(() => efuses.burn(2, KEY), { code: 'CHIP_POWER_LOST' });
  power.on();
  efuses.reload();
  assert.deepEqual(efuses.trueKey(2).subarray(0, 16), KEY.subarray(0, 16));
  assert.equal(changes, 2);
});

test('blocks and fields that the chip has not, and eFuses of another chip, are refused', () => {
  const efuses = newEfuses('esp32');
  assert.throws(() => efuses.burn(4, KEY), { code: 'EFUSE_BLOCK_UNKNOWN', message: /they are 0 to 3/ });
  assert.throws(() => efuses.trueKey(-1), { code: 'EFUSE_BLOCK_UNKNOWN' });
  assert.throws(() => burnFields(efuses, { SPI_BOOT_CRYPT_CNT: 1 }), { code: 'EFUSE_FIELD_UNKNOWN' });
  assert.throws(() => newEfuses('esp32c3', { burned: efuses.trueBits() }), { code: 'EFUSES_OF_OTHER_CHIP' });
});
