import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const sbDigestNotWp: Rule = {
  id: 'sb-digest-not-wp',
  title: 'The digest of secure boot, or what marks it as one, is not write-protected',
  meaning: 'Code that runs once on the chip can burn more of its bits, and the device never starts again.',
  severity: 'medium',
  mend: [
    'ESP32: "espefuse write-protect-efuse BLOCK2". Others: "espefuse write-protect-efuse BLOCK_KEYn KEY_PURPOSE_n". It cannot be undone and harms nothing.',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    if (!secureBootIsOn(efuse.value, 2)) return [];
    return keySlotsFor(efuse.value, 'secure-boot-digest')
      .filter(({ isEmpty, isWriteProtected, isPurposeLocked }) => !isEmpty && !(isWriteProtected && isPurposeLocked))
      .map((slot) =>
        slotObservation(
          efuse,
          slot,
          `: ${slot.isWriteProtected ? slot.purposeField : 'the digest'} is not write-protected.`,
        ),
      );
  },
};
