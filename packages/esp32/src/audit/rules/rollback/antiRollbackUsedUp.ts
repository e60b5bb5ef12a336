import { countOnes, readFuse } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { OTA } from '../references.ts';

export const antiRollbackUsedUp: Rule = {
  id: 'anti-rollback-used-up',
  title: 'Anti-rollback has no step left',
  meaning:
    'Every bit of SECURE_VERSION is burned. The next hole that you close can be opened again by installing the firmware before it.',
  severity: 'medium',
  mend: [
    'Nothing gives steps back. For the next devices: raise the secure version only for fixes of security, not with every release.',
  ],
  references: [OTA],
  needs: ['efuse'],
  check: ({ efuse }) => {
    const fuse = efuse === undefined ? undefined : readFuse(efuse.value, 'SECURE_VERSION');
    if (efuse === undefined || fuse === undefined) return { notJudged: 'SECURE_VERSION is not told.' };
    return countOnes(fuse.value) === fuse.field.bits ? [fuseObservation(efuse, fuse)] : [];
  },
};
