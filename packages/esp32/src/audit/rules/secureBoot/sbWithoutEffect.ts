import { CODING_SCHEME } from '../../../efuse/efuseDump.ts';
import { readFuse, readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2 } from '../references.ts';

export const sbWithoutEffect: Rule = {
  id: 'sb-without-effect',
  title: 'Secure boot version 2 is switched on where the chip can not do it',
  meaning:
    'Silicon before revision 3 ignores ABS_DONE_1, so any firmware runs; with a coding scheme other than "none" the digest of the ' +
    'key does not fit into its block, and the chip never starts.',
  severity: 'critical',
  chips: ['esp32'],
  mend: [
    'Nothing mends this chip: secure boot version 1 may still be possible while BLOCK2 is free.',
    'Check the revision before burning: "espefuse summary" shows it; CONFIG_ESP32_REV_MIN_FULL=300 refuses older ones at build time.',
  ],
  references: [SECURE_BOOT_V2],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    const [fuse] = readFuses(efuse.value, 'secureBootV2').filter(({ value }) => value === 1);
    if (fuse === undefined) return [];
    if (!secureBootIsOn(efuse.value, 2)) return [fuseObservation(efuse, fuse, 'This revision of the chip ignores it.')];
    const coding = readFuse(efuse.value, 'CODING_SCHEME');
    if (coding === undefined || coding.value === CODING_SCHEME.none) return [];
    return [fuseObservation(efuse, coding, 'Secure boot version 2 needs 0.')];
  },
};
