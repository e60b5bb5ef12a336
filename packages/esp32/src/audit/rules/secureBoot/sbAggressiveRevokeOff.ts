import { readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const sbAggressiveRevokeOff: Rule = {
  id: 'sb-aggressive-revoke-off',
  title: 'A key of secure boot is not retired when an image fails its check',
  meaning:
    'Somebody who disturbs the check of a signature may try as often as he likes. With SECURE_BOOT_AGGRESSIVE_REVOKE the ROM retires ' +
    'the key at the first failure: stronger, but a worn flash can end a device too.',
  severity: 'info',
  mend: [
    'Decide for your product. With a spare key in a second slot: "espefuse burn-efuse SECURE_BOOT_AGGRESSIVE_REVOKE 1". It cannot be undone.',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    if (!secureBootIsOn(efuse.value, 2)) return [];
    return readFuses(efuse.value, 'aggressiveRevoke')
      .filter(({ value }) => value === 0)
      .map((fuse) => fuseObservation(efuse, fuse));
  },
};
