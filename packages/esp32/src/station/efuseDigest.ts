import { concatBytes } from '@mkiot/core/bytes/bytes';
import { sha256 } from '../bytes/sha256.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';

/** SHA-256 of all blocks one behind the other, as they are read: hidden keys are zeros. */
export function efuseDigest({ blocks }: EfuseDump): Uint8Array<ArrayBuffer> {
  return sha256(concatBytes(...blocks));
}
