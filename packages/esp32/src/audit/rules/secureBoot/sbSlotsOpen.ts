import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const sbSlotsOpen: Rule = {
  id: 'sb-slots-open',
  title: 'Unused key slots of secure boot are not revoked',
  meaning:
    'Code that runs once on the chip, through any fault of the firmware, can burn the digest of an own key into a free slot: from ' +
    'then on the chip trusts that key for ever.',
  severity: 'medium',
  mend: [
    'Revoke what you will not use: "espefuse burn-efuse SECURE_BOOT_KEY_REVOKE1 1 SECURE_BOOT_KEY_REVOKE2 1". It cannot be undone: a revoked slot takes no key any more.',
    'Leave CONFIG_SECURE_BOOT_ALLOW_UNUSED_DIGEST_SLOTS off, and the bootloader revokes them at the first boot.',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse', 'bootLog'],
  check,
};

function check({ efuse, bootLog }: AuditSubject): Judgement {
  const said = whatLogSays(bootLog, 'digestSlots');
  if (efuse === undefined) {
    if (said === undefined) return { notJudged: 'No line of the boot log tells of key slots.' };
    return said.isWrong ? said.lines : [];
  }
  if (!secureBootIsOn(efuse.value, 2)) return [];
  const used = new Set(keySlotsFor(efuse.value, 'secure-boot-digest').map(({ purpose }) => purpose));
  return readFuses(efuse.value, 'digestRevoke')
    .filter(({ field, value }) => value === 0 && !used.has(`SECURE_BOOT_DIGEST${field.name.at(-1)}`))
    .map((fuse) => fuseObservation(efuse, fuse, 'No digest is burned for this slot.'));
}
