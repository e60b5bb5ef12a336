/** Bytes that share one tweaked key: a row of flash. */
export const ROW_BYTES = 32;

/** The address bits that tweak: bit 5, the first above a row, to bit 23, the last of a 16 MB flash. */
const FIRST_BIT = 5;
const LAST_BIT = 23;
export const TWEAK_BITS: number = LAST_BIT - FIRST_BIT + 1;

/**
 * The key has four quarters, which FLASH_CRYPT_CONFIG switches one by one: bit 0 the first. Each is tied to four runs of
 * address bits, downwards: three from bit 23 and a last one from the bit given here.
 */
const QUARTER_TAILS = [14, 12, 10, 8] as const;

/**
 * Which key bits an address bit flips: eight words for each address bit from bit 5 on. Key bit 0 is the most significant of
 * the first key byte, so it is the top of the first word (ESP32 Technical Reference Manual, flash encryption).
 *
 * @param flashCryptConfig the eFuse FLASH_CRYPT_CONFIG, 0 to 15
 */
export function keyTweakMasks(flashCryptConfig: number): readonly Int32Array[] {
  const masks = Array.from({ length: TWEAK_BITS }, () => new Int32Array(8));
  addressBitOfKeyBits(flashCryptConfig).forEach((addressBit, keyBit) => {
    const mask = addressBit === undefined ? undefined : masks[addressBit - FIRST_BIT];
    if (mask !== undefined) mask[keyBit >> 5] = (mask[keyBit >> 5] as number) | (1 << (31 - (keyBit & 31)));
  });
  return masks;
}

/** The address bit that each of the 256 key bits is tied to; undefined where the configuration leaves the quarter alone. */
function addressBitOfKeyBits(flashCryptConfig: number): readonly (number | undefined)[] {
  return QUARTER_TAILS.flatMap((tail, quarter) => {
    const runs = [LAST_BIT, LAST_BIT, LAST_BIT, tail].flatMap(downToFirst);
    const isTweaked = ((flashCryptConfig >> quarter) & 1) === 1;
    return isTweaked ? runs : runs.map(() => undefined);
  });
}

function downToFirst(bit: number): readonly number[] {
  return Array.from({ length: bit - FIRST_BIT + 1 }, (_, index) => bit - index);
}
