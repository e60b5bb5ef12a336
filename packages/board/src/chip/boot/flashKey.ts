import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Chip } from '@mkiot/esp32/chips/chip';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import { esp32FlashCipher } from '@mkiot/esp32/flashEncryption/esp32FlashCipher';
import type { FlashCipher } from '@mkiot/esp32/flashEncryption/flashCipher';
import { xtsFlashCipher } from '@mkiot/esp32/flashEncryption/xtsFlashCipher';
import type { Aes } from '@mkiot/esp32/aes/aes';
import type { EfuseController } from '../efuse/efuseController.ts';
import { efuseNumber, efuseOnes } from './efuseFields.ts';

/** Block of the key on the original ESP32, which knows no key purposes. */
const ESP32_KEY_BLOCK = 1;

/** Flash encryption works while its counter has an odd number of bits set. */
export function isFlashEncryptionOn(dump: EfuseDump): boolean {
  return efuseOnes(dump, dump.chip.flashEncryption.counterField) % 2 === 1;
}

/** The blocks that hold the flash key by their purposes, in the order of its halves; empty where there is none. */
export function flashKeyBlocks(dump: EfuseDump): readonly number[] {
  if (dump.chip.flashEncryption.algorithm === 'tweaked-key') return [ESP32_KEY_BLOCK];
  const halves = ['XTS_AES_256_KEY_1', 'XTS_AES_256_KEY_2'].map((purpose) => blockOfPurpose(dump, purpose));
  if (halves.every((block) => block !== undefined)) return halves;
  const block = blockOfPurpose(dump, 'XTS_AES_128_KEY');
  return block === undefined ? [] : [block];
}

/** The key block with a purpose, by its name; undefined where none has it. */
export function blockOfPurpose(dump: EfuseDump, purpose: string): number | undefined {
  return dump.chip.efuse.blocks.find(
    ({ keyPurposeField }) =>
      keyPurposeField !== undefined && purposeName(dump.chip, efuseNumber(dump, keyPurposeField)) === purpose,
  )?.number;
}

/** The value of KEY_PURPOSE_n for a purpose. */
export function purposeValue(chip: Chip, purpose: string): number {
  const entry = Object.entries(chip.efuse.keyPurposes).find(([, name]) => name === purpose);
  return Number(entry?.[0] ?? 0);
}

function purposeName(chip: Chip, value: number): string | undefined {
  return chip.efuse.keyPurposes[value];
}

/**
 * The cipher between flash and cache. The hardware reads a key from its last byte to its first; a chip without one takes
 * zeros.
 */
export async function chipFlashCipher(efuse: EfuseController, aes: Aes): Promise<FlashCipher> {
  const dump = efuse.readable();
  const blocks = flashKeyBlocks(dump);
  const key = concatBytes(...blocks.map((block) => efuse.trueKey(block).reverse()));
  if (efuse.chip.flashEncryption.algorithm === 'tweaked-key') {
    // The hardware sees it where RD_DIS hides it from software.
    return esp32FlashCipher(key, efuseNumber(efuse.trueBits(), 'FLASH_CRYPT_CONFIG'));
  }
  return xtsFlashCipher(key.length === 0 ? new Uint8Array(32) : key, aes);
}
