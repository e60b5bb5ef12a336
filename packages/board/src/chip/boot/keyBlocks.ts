import type { Chip, EfuseBlock } from '@mkiot/esp32/chips/chip';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { type EfuseBatch, efuseNumber } from './efuseFields.ts';

/** WR_DIS bit of RD_DIS on every chip. */
export const RD_DIS_LOCK = 0;

/** A block that can hold a key, and its number n in EFUSE_BLK_KEYn of ESP-IDF. */
export interface KeyBlock {
  readonly block: EfuseBlock;
  readonly keyNumber: number;
}

/** The key blocks that nobody has used yet. */
export function freeKeyBlocks(dump: EfuseDump): readonly KeyBlock[] {
  const { chip } = dump;
  const blocks = chip.efuse.blocks.filter(({ number, keyPurposeField }) =>
    chip.name === 'esp32' ? number > 0 : keyPurposeField !== undefined,
  );
  return blocks
    .map((block, keyNumber) => ({ block, keyNumber }))
    .filter(({ block: { number, keyPurposeField } }) => {
      const isEmpty = dump.blocks[number]?.every((byte) => byte === 0) ?? false;
      return isEmpty && (keyPurposeField === undefined || efuseNumber(dump, keyPurposeField) === 0);
    });
}

/** Adds to `batch` what keeps a key from being changed, and if it `isSecret` from being read. */
export function addKeyProtection(batch: EfuseBatch, chip: Chip, block: EfuseBlock, isSecret: boolean): void {
  if (block.writeProtectBit !== undefined) batch.setBit('WR_DIS', block.writeProtectBit);
  if (isSecret) for (const bit of block.readProtectBits) batch.setBit('RD_DIS', bit);
  if (block.keyPurposeField !== undefined) addFieldLock(batch, chip, block.keyPurposeField);
}

/** Adds to `batch` the write protection of the eFuse `name`. */
export function addFieldLock(batch: EfuseBatch, chip: Chip, name: string): void {
  const field = chip.efuse.fieldTables[0]?.fields.find((candidate) => candidate.name === name);
  if (field?.writeProtectBit !== undefined) batch.setBit('WR_DIS', field.writeProtectBit);
}
