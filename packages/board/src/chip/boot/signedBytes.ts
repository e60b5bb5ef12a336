import { MkiotError } from '@mkiot/core/errors/mkiotError';
import {
  type BlockVerdict,
  type DigestSlot,
  findTrusted,
  SECTOR_BYTES,
  verifySignedImage,
} from '@mkiot/esp32/secureBoot/verifySignedImage';
import type { FlashCache } from './flashCache.ts';

/** What stands behind an image of secure boot v2: nothing that can be a signature, or the verdict on each one. */
export async function signatureVerdicts(
  cache: FlashCache,
  address: number,
  imageBytes: number,
): Promise<readonly BlockVerdict[]> {
  const sector = Math.ceil(imageBytes / SECTOR_BYTES) * SECTOR_BYTES;
  if (address + sector + SECTOR_BYTES > cache.raw.size) return [];
  try {
    return await verifySignedImage(cache.read(address, sector + SECTOR_BYTES));
  } catch (error) {
    if (error instanceof MkiotError) return [];
    throw error;
  }
}

/** Whether one of the signatures is good and of a key that the chip trusts. */
export function isTrusted(verdicts: readonly BlockVerdict[], slots: readonly DigestSlot[]): boolean {
  return findTrusted(verdicts, slots) !== undefined;
}
