import { revisionOf } from '../../../efuse/efuseFields.ts';
import { readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V1, SECURE_BOOT_V2 } from '../references.ts';

export const sbV1OnOldRev: Rule = {
  id: 'sb-v1-on-old-rev',
  title: 'Secure boot is version 1, which can be passed by with faults',
  meaning:
    'Version 1 trusts a digest made with one secret key inside the chip. On silicon before revision 3 a disturbed supply or a ' +
    'magnetic pulse skips the check, and has given away the key (CVE-2019-15894, CVE-2020-13629, CVE-2019-17391).',
  severity: 'medium',
  chips: ['esp32'],
  mend: [
    'Keep flash encryption permanently on, with ESP-IDF 3.0.9, 3.1.6, 3.2.3, 3.3.1, 4.0 or newer.',
    'Use an ESP32 of revision 3 or a newer chip for the next devices, with secure boot version 2. A chip that has version 1 switched on can switch to version 2 only if its key block is still free: usually it is not.',
  ],
  references: [SECURE_BOOT_V1, SECURE_BOOT_V2],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    if (!secureBootIsOn(efuse.value, 1) || secureBootIsOn(efuse.value, 2)) return [];
    const revision = revisionOf(efuse.value);
    const { fromRevision = 0 } = efuse.value.chip.secureBoot.find(({ version }) => version === 2) ?? {};
    const hint = revision < fromRevision ? 'This revision knows no other.' : 'This revision knows version 2 too.';
    return readFuses(efuse.value, 'secureBootV1').map((fuse) => fuseObservation(efuse, fuse, hint));
  },
};
