import { keySlots } from '../../../efuse/keySlots.ts';
import { secureBootIsOn } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V1 } from '../references.ts';

export const sb1KeyReadable: Rule = {
  id: 'sb1-key-readable',
  title: 'The secret key of secure boot version 1 can be read out of the eFuses',
  meaning: 'With the key, which "espefuse summary" prints, anyone makes bootloaders that the chip trusts.',
  severity: 'critical',
  chips: ['esp32'],
  mend: [
    'Read-protect it: "espefuse read-protect-efuse BLOCK2". It cannot be undone.',
    'The key has been readable: take another for the next devices, or better secure boot version 2, which has no secret in the chip.',
  ],
  references: [SECURE_BOOT_V1],
  needs: ['efuse', 'bootLog'],
  check: ({ efuse, bootLog }) => {
    if (efuse === undefined) {
      return (
        whatLogSays(bootLog, 'secureBootKey')?.lines ?? { notJudged: 'Only the eFuses tell how the key is protected.' }
      );
    }
    if (!secureBootIsOn(efuse.value, 1)) return [];
    return keySlots(efuse.value)
      .filter(({ use, isReadProtected }) => use === 'secure-boot-v1' && !isReadProtected)
      .map((slot) => slotObservation(efuse, slot, 'holds the key and is not read-protected.'));
  },
};
