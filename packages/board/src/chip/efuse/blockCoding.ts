import { concatBytes, equalBytes } from '@mkiot/core/bytes/bytes';
import type { EfuseBlock } from '@mkiot/esp32/chips/chip';
import { CODING_SCHEME } from '@mkiot/esp32/efuse/efuseDump';
import { reedSolomonCheck } from '@mkiot/esp32/efuse/reedSolomon';
import { decodeRepeat, encodeRepeat } from '@mkiot/esp32/efuse/repeatCoding';
import { decodeThreeQuarters, encodeThreeQuarters } from '@mkiot/esp32/efuse/threeQuartersCoding';

/** How the data of a block lie in its fuses. */
export interface BlockCoding {
  /** How many bytes of data a block holds. */
  dataBytes(block: EfuseBlock): number;
  /** How many bytes of fuses it has. */
  fuseBytes(block: EfuseBlock): number;
  encode(data: Uint8Array): Uint8Array<ArrayBuffer>;
  /** The data in `fuses`; as they are where the coding is broken. */
  decode(fuses: Uint8Array): { readonly data: Uint8Array<ArrayBuffer>; readonly isBroken: boolean };
}

const BLOCK_BYTES = 32;
const CHECK_BYTES = 12;

const none: BlockCoding = {
  dataBytes: ({ words }) => words * 4,
  fuseBytes: ({ words }) => words * 4,
  encode: (data) => data.slice(),
  decode: (fuses) => ({ data: fuses.slice(), isBroken: false }),
};

const threeQuarters: BlockCoding = {
  ...none,
  dataBytes: ({ words }) => words * 3,
  encode: encodeThreeQuarters,
  decode: (fuses) =>
    checked(
      () => decodeThreeQuarters(fuses),
      fuses.filter((_, index) => index % 8 < 6),
    ),
};

const repeat: BlockCoding = {
  ...none,
  dataBytes: ({ words }) => words * 2,
  encode: encodeRepeat,
  decode: (fuses) => checked(() => decodeRepeat(fuses), fuses.slice(0, fuses.length / 2)),
};

/** Fuses are whole blocks of 32 bytes and their check bytes, however few words of a block can be read. */
const reedSolomon: BlockCoding = {
  ...none,
  fuseBytes: () => BLOCK_BYTES + CHECK_BYTES,
  encode(data) {
    const block = new Uint8Array(BLOCK_BYTES);
    block.set(data);
    return concatBytes(block, reedSolomonCheck(block));
  },
  decode(fuses) {
    const data = fuses.slice(0, BLOCK_BYTES);
    return { data, isBroken: !equalBytes(reedSolomonCheck(data), fuses.subarray(BLOCK_BYTES)) };
  },
};

/** By CODING_SCHEME of the ESP32; 3 is read as none. */
const BY_FIELD: readonly BlockCoding[] = [none, threeQuarters, repeat, none];

/** How `block` is coded on a chip whose fields say `scheme`. BLOCK0 never is. */
export function blockCoding(block: EfuseBlock, coding: 'by-field' | 'reed-solomon', scheme: number): BlockCoding {
  if (block.number === 0) return none;
  return coding === 'reed-solomon' ? reedSolomon : (BY_FIELD[scheme] ?? (BY_FIELD[CODING_SCHEME.none] as BlockCoding));
}

function checked(
  decode: () => Uint8Array<ArrayBuffer>,
  asTheyAre: Uint8Array<ArrayBuffer>,
): ReturnType<BlockCoding['decode']> {
  try {
    return { data: decode(), isBroken: false };
  } catch {
    return { data: asTheyAre, isBroken: true };
  }
}
