import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';
import type { DigestSlot } from '@mkiot/esp32/secureBoot/verifySignedImage';
import { efuseNumber } from './efuseFields.ts';
import { blockOfPurpose } from './flashKey.ts';

/** Block of the digest on the original ESP32: the same that holds the key of version 1. */
export const ESP32_SECURE_BOOT_BLOCK = 2;

/** The eFuse that says that the ROM asks for signatures of version 2. */
export function secureBootV2Field({ chip }: EfuseDump): 'ABS_DONE_1' | 'SECURE_BOOT_EN' {
  return chip.name === 'esp32' ? 'ABS_DONE_1' : 'SECURE_BOOT_EN';
}

/** The digests of public keys that this chip trusts; a block that nobody burned is no digest. */
export function trustedDigests(dump: EfuseDump): readonly DigestSlot[] {
  if (dump.chip.name === 'esp32') return digestIn(dump, ESP32_SECURE_BOOT_BLOCK, false);
  return [0, 1, 2].flatMap((slot) => {
    const block = blockOfPurpose(dump, `SECURE_BOOT_DIGEST${slot}`);
    const isRevoked = efuseNumber(dump, `SECURE_BOOT_KEY_REVOKE${slot}`) === 1;
    return block === undefined ? [] : digestIn(dump, block, isRevoked);
  });
}

function digestIn(dump: EfuseDump, block: number, isRevoked: boolean): readonly DigestSlot[] {
  const digest = dump.blocks[block];
  return digest === undefined || digest.every((byte) => byte === 0) ? [] : [{ digest, isRevoked }];
}
