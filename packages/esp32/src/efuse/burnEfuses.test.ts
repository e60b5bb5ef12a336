import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CHIPS } from '../chips/chips.ts';
import { blankEfuses, type Burn, burnEfuses } from './burnEfuses.ts';
import { efuseVector } from './efuse.vectors.ts';
import type { EfuseDump } from './efuseDump.ts';
import { revisionOf } from './efuseFields.ts';
import { buildJointDump } from './jointDump.ts';
import { keySlots } from './keySlots.ts';

const burnAll = (dump: EfuseDump, burns: readonly Burn[]): EfuseDump => burns.reduce(burnEfuses, dump);
const field = (name: string, value = 1): Burn => ({ kind: 'field', field: name, value });
const writeProtect = (name: string): Burn => ({ kind: 'write-protect', field: name });
const readProtect = (name: string): Burn => ({ kind: 'read-protect', field: name });

/** What espefuse's emulator keeps of a read-protected key is zeros: the bits of BLOCK0 are compared, and open keys. */
function assertBlock0(dump: EfuseDump, expected: Uint8Array): void {
  const bytes = (dump.chip.efuse.blocks[0]?.words ?? 0) * 4;
  assert.deepEqual(buildJointDump(dump).subarray(0, bytes), new Uint8Array(expected.subarray(0, bytes)));
}

test('burns end in the state that espefuse makes of the same burns on an ESP32', async () => {
  const state = burnAll(blankEfuses(CHIPS.esp32, 300), [
    { kind: 'key', field: 'BLOCK1', bytes: new Uint8Array(32).fill(7) },
    readProtect('BLOCK1'),
    writeProtect('BLOCK1'),
    { kind: 'key', field: 'BLOCK2', bytes: new Uint8Array(32).fill(9) },
    writeProtect('BLOCK2'),
    field('FLASH_CRYPT_CONFIG', 0xf),
    field('FLASH_CRYPT_CNT', 0x7f),
    ...['ABS_DONE_1', 'DISABLE_DL_ENCRYPT', 'DISABLE_DL_DECRYPT', 'DISABLE_DL_CACHE', 'JTAG_DISABLE'].map((name) =>
      field(name),
    ),
    field('CONSOLE_DEBUG_DISABLE'),
    writeProtect('DIS_CACHE'),
    writeProtect('RD_DIS'),
    field('UART_DOWNLOAD_DIS'),
  ]);
  assertBlock0(state, await readFile(efuseVector('esp32-rev3-sbv2-fe-release-locked.joint.bin')));
});

test('burns end in the state that espefuse makes of the same burns on an ESP32-S3', async () => {
  const key = (name: string): Burn => ({ kind: 'key', field: name, bytes: new Uint8Array(32).fill(7) });
  const flags =
    'SECURE_BOOT_EN DIS_DOWNLOAD_MANUAL_ENCRYPT DIS_DOWNLOAD_ICACHE DIS_DOWNLOAD_DCACHE DIS_PAD_JTAG DIS_USB_JTAG ' +
    'DIS_DIRECT_BOOT SECURE_BOOT_KEY_REVOKE1 SECURE_BOOT_KEY_REVOKE2';
  const state = burnAll(blankEfuses(CHIPS.esp32s3), [
    ...['BLOCK_KEY0', 'BLOCK_KEY1'].flatMap((name) => [key(name), readProtect(name), writeProtect(name)]),
    field('KEY_PURPOSE_0', 2),
    field('KEY_PURPOSE_1', 3),
    key('BLOCK_KEY2'),
    writeProtect('BLOCK_KEY2'),
    field('KEY_PURPOSE_2', 9),
    ...['KEY_PURPOSE_0', 'KEY_PURPOSE_1', 'KEY_PURPOSE_2'].map(writeProtect),
    field('SPI_BOOT_CRYPT_CNT', 7),
    ...flags.split(' ').map((name) => field(name)),
    writeProtect('DIS_ICACHE'),
    writeProtect('RD_DIS'),
    field('ENABLE_SECURITY_DOWNLOAD'),
  ]);
  assertBlock0(state, await readFile(efuseVector('esp32s3-xts256-sbv2-release.joint.bin')));
});

test('what is protected, used or behind a closed loader is refused with the name of the eFuse', () => {
  const s3 = blankEfuses(CHIPS.esp32s3);
  const used = burnEfuses(s3, { kind: 'key', field: 'BLOCK_KEY0', bytes: new Uint8Array(32).fill(1) });
  const locked = burnEfuses(s3, writeProtect('RD_DIS'));
  const closed = burnEfuses(s3, field('ENABLE_SECURITY_DOWNLOAD'));
  for (const [state, burn, code, about] of [
    [used, { kind: 'key', field: 'BLOCK_KEY0', bytes: new Uint8Array(32) }, 'BURN_BLOCK_USED', 'BLOCK_KEY0'],
    [locked, readProtect('BLOCK_KEY0'), 'BURN_WRITE_PROTECTED', 'RD_DIS'],
    [closed, field('DIS_PAD_JTAG'), 'BURN_LOADER_CLOSED', 'DIS_PAD_JTAG'],
    [s3, field('ABS_DONE_0'), 'BURN_NO_FIELD', 'ABS_DONE_0'],
  ] as const) {
    assert.throws(
      () => burnEfuses(state, burn),
      (error: { code?: string; message?: string }) => {
        assert.equal(error.code, code);
        assert.ok(error.message?.includes(about));
        return true;
      },
    );
  }
});

test('what is burned already needs no burning, even behind a closed loader', () => {
  const closed = burnAll(blankEfuses(CHIPS.esp32s3), [field('DIS_PAD_JTAG'), field('DIS_DOWNLOAD_MODE')]);
  assert.equal(burnEfuses(closed, field('DIS_PAD_JTAG')), closed);
});

test('an ESP32 before revision 3 has no eFuse that closes its loader', () => {
  const closed = burnEfuses(blankEfuses(CHIPS.esp32, 100), field('UART_DOWNLOAD_DIS'));
  assert.doesNotThrow(() => burnEfuses(closed, field('JTAG_DISABLE')));
});

test('a blank chip has the revision that it is given', () => {
  for (const [chip, revision] of [
    [CHIPS.esp32, 0],
    [CHIPS.esp32, 100],
    [CHIPS.esp32, 301],
    [CHIPS.esp32s3, 2],
    [CHIPS.esp32p4, 103],
    [CHIPS.esp32p4, 300],
    [CHIPS.esp32c3, 4],
  ] as const) {
    assert.equal(revisionOf(blankEfuses(chip, revision)), revision, chip.name);
  }
});

test('no burn clears a bit, and what is read-protected reads as nothing', () => {
  const chips = fc.constantFrom(...Object.values(CHIPS));
  fc.assert(
    fc.property(chips, fc.infiniteStream(fc.nat()), (chip, numbers) => {
      let state = blankEfuses(chip);
      const names = (chip.efuse.fieldTables.at(-1)?.fields ?? []).map(({ name }) => name);
      for (let count = 0; count < 12; count++) {
        const [kind, name = '', value] = [numbers.next().value, names[numbers.next().value % names.length], 1];
        const burns: readonly Burn[] = [field(name, value), writeProtect(name), readProtect(name)];
        const before = buildJointDump(state);
        try {
          state = burnEfuses(state, burns[kind % burns.length]!);
        } catch (error) {
          assert.match((error as { code: string }).code, /^BURN_/);
        }
        const after = buildJointDump(state);
        assert.ok(before.every((byte, index) => (byte & (after[index] ?? 0)) === byte));
      }
      for (const { isReadProtected, bytes } of keySlots(state)) {
        if (isReadProtected && chip.name !== 'esp32c2') assert.ok(bytes.every((byte) => byte === 0));
      }
    }),
  );
});
