import { BlockDecryption, BlockEncryption, type BlockFunction } from '../aes/blockFunctions.ts';
import { keyWords } from '../aes/keySchedule.ts';
import { wholeHardwareKey } from '../keys/hardwareKey.ts';
import { checkFlashRange, FLASH_BLOCK_BYTES, type FlashCipher } from './flashCipher.ts';
import { flashEncryptionError } from './flashEncryptionErrors.ts';
import { keyTweakMasks, ROW_BYTES, TWEAK_BITS } from './keyTweak.ts';

/** The value that IDF burns: the tweak covers the whole key. With 0 there is none, and equal rows look equal. */
export const FLASH_CRYPT_CONFIG_ALL = 0xf;

/**
 * The flash encryption of the original ESP32: AES-256 used backwards, under a key that the row's address tweaks (ESP32
 * Technical Reference Manual, "Flash Encryption/Decryption").
 *
 * The AES below is not constant-time: for a tool on the maker's own machine, not for a service that others can time.
 *
 * @param key as in a key file: 32 bytes, or 24 where the eFuses have the 3/4 coding scheme
 * @param flashCryptConfig the eFuse FLASH_CRYPT_CONFIG
 * @throws `FLASH_KEY_LENGTH_WRONG`, `FLASH_CRYPT_CONFIG_WRONG`
 */
export function esp32FlashCipher(key: Uint8Array, flashCryptConfig: number = FLASH_CRYPT_CONFIG_ALL): FlashCipher {
  if (!Number.isInteger(flashCryptConfig) || flashCryptConfig < 0 || flashCryptConfig > FLASH_CRYPT_CONFIG_ALL) {
    throw flashEncryptionError('FLASH_CRYPT_CONFIG_WRONG', { value: flashCryptConfig });
  }
  const wholeKey = wholeHardwareKey(key);
  if (wholeKey === undefined) {
    const allowed = '32, or 24 with the 3/4 coding scheme (16 and 64 are for XTS-AES, the later chips)';
    throw flashEncryptionError('FLASH_KEY_LENGTH_WRONG', {
      bytes: key.length,
      scheme: "the ESP32's own scheme",
      allowed,
    });
  }
  const words = keyWords(wholeKey);
  const masks = keyTweakMasks(flashCryptConfig);
  return {
    // Flash is encrypted by the inverse cipher, so that reading it back needs only the forward one.
    encrypt: (address, data) => applyToRows(new BlockDecryption(), words, masks, address, data),
    decrypt: (address, data) => applyToRows(new BlockEncryption(), words, masks, address, data),
  };
}

function applyToRows(
  aes: BlockFunction,
  key: Int32Array,
  masks: readonly Int32Array[],
  address: number,
  data: Uint8Array,
): void {
  checkFlashRange(address, data.length);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const steps = rowSteps(masks);
  const tweaked = tweakedKey(key, masks, address);
  aes.setKey(tweaked);
  for (let at = 0; at < data.length; at += FLASH_BLOCK_BYTES) {
    const blockAddress = address + at;
    if (at > 0 && blockAddress % ROW_BYTES === 0) {
      flip(tweaked, steps[highestChangedBit(blockAddress)] as Int32Array);
      aes.setKey(tweaked);
    }
    aes.apply(view, at, true);
  }
}

function tweakedKey(key: Int32Array, masks: readonly Int32Array[], address: number): Int32Array {
  const tweaked = key.slice();
  const row = Math.floor(address / ROW_BYTES);
  masks.forEach((mask, bit) => {
    if (((row >>> bit) & 1) === 1) flip(tweaked, mask);
  });
  return tweaked;
}

/**
 * From one row to the next the address changes in its lowest bits alone, all of them from the first up to one: `steps[bit]`
 * is what the key changes by then.
 */
function rowSteps(masks: readonly Int32Array[]): readonly Int32Array[] {
  const sum = new Int32Array(8);
  return masks.map((mask) => {
    flip(sum, mask);
    return sum.slice();
  });
}

/** The highest tweaking bit, counted from bit 5, in which a row's address differs from that of the row before. */
function highestChangedBit(address: number): number {
  const row = Math.floor(address / ROW_BYTES);
  return Math.min(31 - Math.clz32(row ^ (row - 1)), TWEAK_BITS - 1);
}

function flip(key: Int32Array, mask: Int32Array): void {
  for (let word = 0; word < 8; word++) key[word] = (key[word] as number) ^ (mask[word] as number);
}
