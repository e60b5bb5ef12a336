import { readFuses } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const pseudoRoundsOff: Rule = {
  id: 'pseudo-rounds-off',
  title: 'Flash encryption runs without the rounds that hide its key from power analysis',
  meaning: 'Somebody with a lab can learn the flash key of this one device from the current that it draws.',
  severity: 'low',
  versions: 'chips that have XTS_DPA_PSEUDO_LEVEL',
  mend: [
    'Set CONFIG_SECURE_FLASH_PSEUDO_ROUND_FUNC=y for the next devices.',
    'On this one: "espefuse burn-efuse XTS_DPA_PSEUDO_LEVEL 1". It cannot be undone, and costs a little speed.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse'],
  check: (subject) => {
    const { efuse } = subject;
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    if (flashEncryptionOf(subject) !== 'on') return [];
    return readFuses(efuse.value, 'pseudoRounds')
      .filter(({ value }) => value === 0)
      .map((fuse) => fuseObservation(efuse, fuse));
  },
};
