import { readFuses } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { WORKFLOWS } from '../references.ts';

export const cacheDisabled: Rule = {
  id: 'cache-disabled',
  title: 'The cache is switched off by eFuse: this chip can not run its firmware',
  meaning:
    'Code is fetched from flash through the cache. Burned by mistake instead of write-protected, this eFuse ends the chip.',
  severity: 'critical',
  mend: [
    'Replace the chip: it cannot be undone. For the next ones: "espefuse write-protect-efuse DIS_CACHE" (or DIS_ICACHE), never "burn-efuse".',
  ],
  references: [WORKFLOWS],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    return readFuses(efuse.value, 'cacheOff')
      .filter(({ value }) => value === 1)
      .map((fuse) => fuseObservation(efuse, fuse));
  },
};
