import type { Chip, EfuseField } from '@mkiot/esp32/chips/chip';
import { isReadProtected, isWriteProtected, type EfuseDump } from '@mkiot/esp32/efuse/efuseDump';

// What WR_DIS and RD_DIS of a chip keep from changing and from being seen. `dump` has the true bits.

/** Takes out of `bits`, which are to be burned into a block, those that WR_DIS protects. */
export function dropWriteProtected(dump: EfuseDump, number: number, bits: Uint8Array): void {
  const block = dump.chip.efuse.blocks[number];
  const isLocked = (bit: number | undefined): boolean => bit !== undefined && isWriteProtected(dump, bit);
  if (isLocked(block?.writeProtectBit)) bits.fill(0);
  for (const field of fieldsOfBlock(dump.chip, number)) {
    if (isLocked(field.writeProtectBit)) clearBits(bits, field.bit, field.bits);
  }
}

/** What software sees: zeros where RD_DIS protects. */
export function withoutReadProtected(dump: EfuseDump): EfuseDump {
  const blocks = dump.blocks.map((bytes, number) => {
    const seen = bytes.slice();
    hideParts(dump, seen, 0, seen.length * 8, dump.chip.efuse.blocks[number]?.readProtectBits ?? []);
    for (const { bit, bits, readProtectBits } of fieldsOfBlock(dump.chip, number)) {
      hideParts(dump, seen, bit, bits, readProtectBits);
    }
    return seen;
  });
  return { chip: dump.chip, blocks };
}

/** Each of `protectBits` hides its equal part. */
function hideParts(
  dump: EfuseDump,
  bytes: Uint8Array,
  bit: number,
  bits: number,
  protectBits: readonly number[],
): void {
  const part = bits / Math.max(1, protectBits.length);
  for (const [index, protectBit] of protectBits.entries()) {
    if (isReadProtected(dump, protectBit)) clearBits(bytes, bit + index * part, part);
  }
}

function fieldsOfBlock(chip: Chip, block: number): readonly EfuseField[] {
  return chip.efuse.fieldTables.flatMap(({ fields }) => fields.filter((field) => field.block === block));
}

function clearBits(bytes: Uint8Array, bit: number, bits: number): void {
  for (let at = bit; at < Math.min(bit + bits, bytes.length * 8); at++) {
    bytes[at >> 3] = (bytes[at >> 3] as number) & ~(1 << (at & 7));
  }
}
