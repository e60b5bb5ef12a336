import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EfuseField } from './chip.ts';
import { CHIPS } from './chips.ts';
import { efuseFieldTable } from './efuseFieldTable.ts';
import { keyPurposeRules } from './keyPurposes.ts';

const chips = Object.values(CHIPS);

test('every field lies in its block, and fields of BLOCK0 do not overlap', () => {
  for (const { name: chip, efuse } of chips) {
    for (const { fields } of efuse.fieldTables) {
      const owner = new Map<number, string>();
      for (const { name, block, bit, bits } of fields) {
        const words = efuse.blocks[block]?.words ?? 0;
        assert.ok(bits > 0 && bit + bits <= words * 32, `${chip} ${name}`);
        const last = block === 0 ? bit + bits : bit;
        for (let at = bit; at < last; at++) {
          assert.equal(owner.get(at), undefined, `${chip}: bit ${at} is of ${owner.get(at)} and ${name}`);
          owner.set(at, name);
        }
      }
    }
  }
});

test('a field has one name, and no other field has it as another name', () => {
  for (const { name: chip, efuse } of chips) {
    for (const { fields } of efuse.fieldTables) {
      const names = fields.flatMap((field) => [field.name, ...field.otherNames]);
      const twice = names.filter((name, index) => names.indexOf(name) !== index);
      assert.deepEqual(twice, [], chip);
    }
  }
});

test('a key block and the field that shows it are protected by the same bits', () => {
  for (const { name: chip, efuse } of chips) {
    for (const { fields } of efuse.fieldTables) {
      for (const block of efuse.blocks.filter(({ readProtectBits }) => readProtectBits.length > 0)) {
        const shown = fields.find((field) => field.block === block.number && fillsBlock(field, block.words));
        // The P4 has a block that no field shows.
        if (shown === undefined) continue;
        assert.deepEqual(shown.readProtectBits, block.readProtectBits, `${chip} ${block.name}`);
        assert.equal(shown.writeProtectBit, block.writeProtectBit, `${chip} ${block.name}`);
      }
    }
  }
});

function fillsBlock({ bit, bits }: EfuseField, words: number): boolean {
  return bit === 0 && bits === words * 32;
}

test('every part of a sum, every purpose field and every counter is there', () => {
  for (const { name: chip, efuse, flashEncryption } of chips) {
    const names = new Set(efuse.fieldTables.flatMap(({ fields }) => fields.map(({ name }) => name)));
    const needed = [...efuse.sums.flatMap(({ parts }) => parts), ...efuse.calibration.parts].map(({ field }) => field);
    const purposes = efuse.blocks.flatMap(({ keyPurposeField }) => keyPurposeField ?? []);
    for (const name of [...needed, ...purposes, flashEncryption.counterField])
      assert.ok(names.has(name), `${chip} ${name}`);
  }
});

test('chip ids, blocks and windows are those of the chips', () => {
  const ids = chips.map(({ imageChipId }) => imageChipId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { name, efuse } of chips) {
    for (const { readOffset, words } of efuse.blocks) assert.ok(readOffset + words * 4 <= efuse.windowBytes, name);
  }
});

test('keys for ciphers and signatures are stored reversed and hidden, digests of public keys are neither', () => {
  const secret = { storedReversed: true, needsReadProtection: true, isDigest: false };
  assert.deepEqual(keyPurposeRules('XTS_AES_256_KEY_2'), secret);
  assert.deepEqual(keyPurposeRules('ECDSA_KEY_P384_L'), secret);
  assert.deepEqual(keyPurposeRules('HMAC_UP'), { ...secret, storedReversed: false });
  assert.deepEqual(keyPurposeRules('KM_INIT_KEY'), { ...secret, storedReversed: false });
  const open = { storedReversed: false, needsReadProtection: false, isDigest: false };
  assert.deepEqual(keyPurposeRules('SECURE_BOOT_DIGEST1'), { ...open, isDigest: true });
  assert.deepEqual(keyPurposeRules('USER'), open);
});

test('a row that is no row of a field table is refused when the table is read', () => {
  assert.throws(() => efuseFieldTable('WR_DIS 0 0 32 nothing - - config'), TypeError);
  assert.throws(() => efuseFieldTable('WR_DIS 0 0'), TypeError);
});
