import { flashEncryptionState } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const feRelaxed: Rule = {
  id: 'fe-relaxed',
  title: 'Flash encryption was on and has been switched off',
  meaning:
    'The chip runs firmware in clear again, yet its flash key is still in use: firmware that somebody else writes can switch ' +
    'encryption on again and decrypt what was encrypted before.',
  severity: 'high',
  mend: [
    'Find out who switched it off: each switch takes one bit of the counter, which stays burned.',
    'Switch it on for good while bits are left: "espefuse burn-efuse FLASH_CRYPT_CNT 127" (ESP32) or "espefuse burn-efuse SPI_BOOT_CRYPT_CNT 7", with an encrypted firmware in flash. This cannot be undone.',
    'Otherwise retire the chip, and treat all that it held as known.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse'],
  check: ({ efuse }) => {
    const state = efuse === undefined ? undefined : flashEncryptionState(efuse.value);
    if (efuse === undefined || state === undefined)
      return { notJudged: 'The counter of flash encryption is not told.' };
    return state.wasOn ? [fuseObservation(efuse, state.counter)] : [];
  },
};
