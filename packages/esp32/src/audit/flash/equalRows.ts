import { isAlwaysEncrypted } from '../../partitionTable/partition.ts';
import type { FlashDump } from './flashDump.ts';
import { SECTOR_BYTES } from './sectorTexture.ts';

/** What the cipher of the ESP32 handles under one key. */
const ROW_BYTES = 32;
/** Flash that is read beyond its end begins anew: a dump that is too long repeats itself at whole megabytes. */
const MEGABYTE = 0x100000;
/** Enough to see that there are some. */
const MOST_PAIRS = 5;

/** Rows of ciphertext that are equal to an earlier one, the first of each. Real ciphertext has none, with any address in its tweak. */
export function equalRows({
  bytes,
  sectors,
  regions,
}: FlashDump): readonly { readonly offset: number; readonly equals: number }[] {
  const seen = new RowTable(bytes, sectors.filter((kind) => kind === 'encrypted').length * (SECTOR_BYTES / ROW_BYTES));
  const pairs: { readonly offset: number; readonly equals: number }[] = [];
  const isShown = (row: number): boolean => pairs.some(({ equals }) => equals === row);
  for (const [sector, kind] of sectors.entries()) {
    const start = sector * SECTOR_BYTES;
    // What is only random, such as compressed data in a partition that nobody encrypts, may well be there twice.
    if (kind !== 'encrypted' || !mayBeFlashEncrypted(regions, start)) continue;
    for (let at = start; at + ROW_BYTES <= Math.min(start + SECTOR_BYTES, bytes.length); at += ROW_BYTES) {
      const equals = seen.add(at);
      if (equals === undefined || (at - equals) % MEGABYTE === 0 || isShown(equals)) continue;
      pairs.push({ offset: at, equals });
      if (pairs.length === MOST_PAIRS) return pairs;
    }
  }
  return pairs;
}

function mayBeFlashEncrypted(regions: FlashDump['regions'], offset: number): boolean {
  const region = regions.find((one) => offset >= one.offset && offset < one.offset + one.size);
  return region?.partition === undefined || isAlwaysEncrypted(region.partition);
}

/** Offsets of rows by what is in them. */
class RowTable {
  readonly #bytes: Uint8Array;
  /** With open addresses, at most half full. */
  readonly #slots: Int32Array;

  constructor(bytes: Uint8Array, most: number) {
    this.#bytes = bytes;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2))).fill(-1);
  }

  /** Notes the row at an offset, unless it is erased; gives the offset of the row that was noted before and is equal. */
  add(offset: number): number | undefined {
    let hash = 0;
    let isErased = true;
    for (let at = offset; at < offset + ROW_BYTES; at++) {
      const byte = this.#bytes[at] as number;
      hash = (Math.imul(hash, 31) + byte) | 0;
      isErased &&= byte === 0xff;
    }
    if (isErased) return undefined;
    const mask = this.#slots.length - 1;
    for (let slot = Math.imul(hash, 0x9e3779b1) & mask; ; slot = (slot + 1) & mask) {
      const other = this.#slots[slot] as number;
      if (other === -1) this.#slots[slot] = offset;
      if (other === -1) return undefined;
      if (this.#isSame(offset, other)) return other;
    }
  }

  #isSame(one: number, other: number): boolean {
    for (let at = 0; at < ROW_BYTES; at++) if (this.#bytes[one + at] !== this.#bytes[other + at]) return false;
    return true;
  }
}
