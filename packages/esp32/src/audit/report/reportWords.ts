import type { RegionState } from './auditReport.ts';
import type { Grade } from './grade.ts';

/** What a grade means, as part of a sentence. */
export const GRADE_MEANINGS: Readonly<Record<Grade, string>> = {
  A: 'nothing was found that an attacker can use',
  B: 'small things to mend',
  C: 'mend this before the next batch of devices',
  '?': 'too little was looked at to say that it is good',
  D: 'an attacker who holds the device wins something',
  F: 'an attacker who holds the device wins',
};

export const STATE_WORDS: Readonly<Record<RegionState, string>> = {
  encrypted: 'encrypted',
  plain: 'in clear',
  mixed: 'partly in clear',
  unencryptable: 'in clear, cannot be encrypted by flash encryption',
  erased: 'erased',
};
