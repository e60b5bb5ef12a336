import { flashEncryptionState } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION, WORKFLOWS } from '../references.ts';

export const feNever: Rule = {
  id: 'fe-never',
  title: 'Flash encryption can never be switched on: its counter is locked while it is off',
  meaning: 'The flash of this chip stays readable for ever. No command and no firmware can change that.',
  severity: 'high',
  mend: [
    'Nothing mends this chip. Use it where nobody gets at it, or keep every secret in an external secure element.',
    'For the next ones: burn the counter before anything that write-protects it; "mkiot esp32 plan" keeps the order.',
  ],
  references: [FLASH_ENCRYPTION, WORKFLOWS],
  needs: ['efuse'],
  check: ({ efuse }) => {
    const state = efuse === undefined ? undefined : flashEncryptionState(efuse.value);
    if (efuse === undefined || state === undefined)
      return { notJudged: 'The counter of flash encryption is not told.' };
    return !state.isOn && state.counter.isLocked ? [fuseObservation(efuse, state.counter)] : [];
  },
};
