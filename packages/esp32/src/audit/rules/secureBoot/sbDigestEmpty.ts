import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { readFuse, readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { EfuseDump } from '../../../efuse/efuseDump.ts';
import type { KeySlot } from '../../../efuse/keySlots.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation, slotObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const sbDigestEmpty: Rule = {
  id: 'sb-digest-empty',
  title: 'Secure boot is on, but trusts no key: its digest is empty, missing or revoked',
  meaning:
    'The chip accepts no firmware any more; where a free key block is left, whoever burns the digest of an own key into it first ' +
    'owns the device.',
  severity: 'critical',
  mend: [
    'While a key block is free, burn the digest of your own key now: "espefuse burn-key-digest BLOCK_KEYn KEYFILE SECURE_BOOT_DIGEST0" (ESP32: "espefuse burn-key-digest KEYFILE"). It cannot be undone.',
    'If all slots are revoked, nothing mends it.',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    if (!secureBootIsOn(efuse.value, 2)) return [];
    const slots = keySlotsFor(efuse.value, 'secure-boot-digest');
    if (slots.some((slot) => !slot.isEmpty && !isRevoked(efuse.value, slot))) return [];
    const empty = slots.map((slot) => slotObservation(efuse, slot, slot.isEmpty ? 'is empty.' : 'is revoked.'));
    return empty.length > 0
      ? empty
      : readFuses(efuse.value, 'secureBootV2').map((fuse) =>
          fuseObservation(efuse, fuse, 'No key block holds a digest.'),
        );
  },
};

/** A purpose SECURE_BOOT_DIGESTn goes with the fuse SECURE_BOOT_KEY_REVOKEn. */
function isRevoked(dump: EfuseDump, { purpose }: KeySlot): boolean {
  return readFuse(dump, `SECURE_BOOT_KEY_REVOKE${purpose.at(-1)}`)?.value === 1;
}
