import { keySlots } from '../../../efuse/keySlots.ts';
import { countOnes, readFuses } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { HMAC, JTAG } from '../references.ts';

const OPENING_PURPOSES: readonly string[] = ['HMAC_DOWN_JTAG', 'HMAC_DOWN_ALL'];

export const softJtagWithoutKey: Rule = {
  id: 'soft-jtag-without-key',
  title: 'The debugger is closed by software only, and no key decides who may open it',
  meaning:
    'SOFT_DIS_JTAG is opened with a key of the HMAC peripheral. As long as none is burned, code that runs once on the chip can burn ' +
    'its own and open the debugger for ever.',
  severity: 'medium',
  mend: [
    'Burn the key: "espefuse burn-key BLOCK_KEYn KEYFILE HMAC_DOWN_JTAG", and keep the file safe.',
    'Or close the debugger for ever: "espefuse burn-efuse DIS_PAD_JTAG 1 DIS_USB_JTAG 1" (S2: HARD_DIS_JTAG).',
    'Neither can be undone.',
  ],
  references: [HMAC, JTAG],
  needs: ['efuse'],
  check: ({ efuse }) => {
    if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
    const hard = readFuses(efuse.value, 'jtag');
    if (hard.length > 0 && hard.every(({ value }) => value === 1)) return [];
    if (keySlots(efuse.value).some(({ purpose }) => OPENING_PURPOSES.includes(purpose))) return [];
    return readFuses(efuse.value, 'softJtag')
      .filter(({ value }) => countOnes(value) % 2 === 1)
      .map((fuse) => fuseObservation(efuse, fuse, 'No key block has the purpose HMAC_DOWN_JTAG or HMAC_DOWN_ALL.'));
  },
};
