import type { Chip, EfuseBlock, EfuseField } from '../chips/chip.ts';
import { readBits, readBytes } from './bits.ts';

/** The eFuses of one chip, as its read registers show them. */
export interface EfuseDump {
  readonly chip: Chip;
  /** Block by number, words little-endian. With coding scheme 3/4 blocks from 1 on have 24 bytes, which are decoded. */
  readonly blocks: readonly Uint8Array[];
  /** The fields that the source tells, where it does not tell them all. */
  readonly told?: ReadonlySet<string>;
}

/** Values of CODING_SCHEME on the ESP32; 3 is read like 0. */
export const CODING_SCHEME = { none: 0, threeQuarters: 1, repeat: 2 } as const;

/** CODING_SCHEME is the lowest bits of BLOCK0's word 6 on the ESP32; other chips know no such choice. */
const CODING_SCHEME_BIT = 192;

export function codingScheme(chip: Chip, block0: Uint8Array): number {
  return chip.efuse.coding === 'by-field' ? readBits(block0, CODING_SCHEME_BIT, 2) : CODING_SCHEME.none;
}

/** How many bytes `block` shows under `scheme`. */
export function blockBytes(block: EfuseBlock, scheme: number): number {
  const bytes = block.words * 4;
  return block.number > 0 && scheme === CODING_SCHEME.threeQuarters ? (bytes * 3) / 4 : bytes;
}

/** The block of a field as software sees it: what RD_DIS protects reads as zeros, whatever the file has there. */
export function visibleBlock(dump: EfuseDump, number: number): Uint8Array {
  const layout = dump.chip.efuse.blocks[number];
  const visible = Uint8Array.from(dump.blocks[number] ?? []);
  const readProtectBits = layout?.readProtectBits ?? [];
  const part = visible.length / Math.max(1, readProtectBits.length);
  for (const [index, bit] of readProtectBits.entries()) {
    if (isReadProtected(dump, bit)) visible.fill(0, index * part, (index + 1) * part);
  }
  return visible;
}

/** RD_DIS follows WR_DIS in BLOCK0: in the same word on the ESP32, in the next on all others. */
export function isReadProtected(dump: EfuseDump, bit: number): boolean {
  return protectBit(dump, 'RD_DIS', bit);
}

export function isWriteProtected(dump: EfuseDump, bit: number): boolean {
  return protectBit(dump, 'WR_DIS', bit);
}

function protectBit(dump: EfuseDump, name: 'RD_DIS' | 'WR_DIS', bit: number): boolean {
  const field = dump.chip.efuse.fieldTables[0]?.fields.find((candidate) => candidate.name === name);
  const block0 = dump.blocks[0];
  if (field === undefined || block0 === undefined) throw new TypeError(`no ${name} on ${dump.chip.name}`);
  return readBits(block0, field.bit + bit, 1) === 1;
}

/** How many bits of `field` there are: 3/4 coding shortens fields that fill a block. */
export function fieldBits(dump: EfuseDump, field: EfuseField): number {
  return Math.min(field.bits, (dump.blocks[field.block]?.length ?? 0) * 8 - field.bit);
}

/** The raw value of a field that is a number, as software sees it. */
export function rawNumber(dump: EfuseDump, field: EfuseField): number {
  return readBits(visibleBlock(dump, field.block), field.bit, fieldBits(dump, field));
}

/** The raw bytes of a field that is bytes, as software sees them. */
export function rawBytes(dump: EfuseDump, field: EfuseField): Uint8Array {
  return readBytes(visibleBlock(dump, field.block), field.bit, fieldBits(dump, field) >> 3);
}
