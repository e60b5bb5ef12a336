import { readFuse, secureBootIsOn } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const rdDisOpen: Rule = {
  id: 'rd-dis-open',
  title: 'The digest of secure boot can still be made unreadable: RD_DIS is not write-protected',
  meaning:
    'Code that runs once on the chip can read-protect the digest, which then reads as zeros: the device does not start, or trusts ' +
    'what it should not.',
  severity: 'medium',
  mend: [
    '"espefuse write-protect-efuse RD_DIS", after every secret key is read-protected: afterwards no key can be read-protected any more, and flash encryption can not be set up. It cannot be undone.',
    'Leave CONFIG_SECURE_BOOT_V2_ALLOW_EFUSE_RD_DIS off.',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse', 'bootLog'],
  check: ({ efuse, bootLog }) => {
    const said = whatLogSays(bootLog, 'readProtection');
    if (efuse === undefined) {
      if (said === undefined) return { notJudged: 'No line of the boot log tells of RD_DIS.' };
      return said.isWrong ? said.lines : [];
    }
    const fuse = readFuse(efuse.value, 'RD_DIS');
    return fuse === undefined || fuse.isLocked || !secureBootIsOn(efuse.value, 2) ? [] : [fuseObservation(efuse, fuse)];
  },
};
