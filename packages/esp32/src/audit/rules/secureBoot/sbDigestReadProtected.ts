import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { secureBootIsOn } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const sbDigestReadProtected: Rule = {
  id: 'sb-digest-read-protected',
  title: 'A digest of secure boot is read-protected, so the chip reads zeros for it',
  meaning:
    'No firmware fits a digest of zeros: as soon as secure boot is on, the chip does not start any more. On chips with several ' +
    'slots that slot is lost.',
  severity: 'critical',
  mend: [
    'Read protection cannot be undone. While secure boot is off and a key block is free: burn the digest there ("espefuse burn-key-digest BLOCK_KEYn KEYFILE SECURE_BOOT_DIGEST0"), and revoke the unreadable slot.',
    'Write-protect RD_DIS afterwards, so that it can not happen again: "espefuse write-protect-efuse RD_DIS".',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse', 'bootLog'],
  check: ({ efuse, bootLog }) => {
    if (efuse === undefined) {
      return (
        whatLogSays(bootLog, 'digestReadable')?.lines ?? {
          notJudged: 'Only the eFuses tell how a digest is protected.',
        }
      );
    }
    return keySlotsFor(efuse.value, 'secure-boot-digest')
      .filter(({ isReadProtected }) => isReadProtected)
      .map((slot) => ({
        ...slotObservation(efuse, slot, 'is read-protected and holds a digest.'),
        severity: secureBootIsOn(efuse.value, 2) ? 'critical' : 'high',
      }));
  },
};
