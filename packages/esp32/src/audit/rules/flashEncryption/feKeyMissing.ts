import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { flashEncryptionState } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const feKeyMissing: Rule = {
  id: 'fe-key-missing',
  title: 'Flash encryption is on, but no key is burned',
  meaning:
    'Where the place of the key is empty, the flash is encrypted with a key of zeros, which everybody knows; where no block is ' +
    'marked as flash key, the chip does not start.',
  severity: 'critical',
  mend: [
    'Burn a key of this device while its block is still empty: "espefuse burn-key flash_encryption KEYFILE" (ESP32), or "espefuse burn-key BLOCK_KEY0 KEYFILE XTS_AES_128_KEY". It cannot be undone.',
    'Then write the firmware again, encrypted with that key.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse'],
  check: ({ efuse }) => {
    const state = efuse === undefined ? undefined : flashEncryptionState(efuse.value);
    if (efuse === undefined || state === undefined)
      return { notJudged: 'The counter of flash encryption is not told.' };
    if (!state.isOn) return [];
    const slots = keySlotsFor(efuse.value, 'flash-encryption');
    if (slots.length === 0) {
      return [{ source: efuse.source, field: 'KEY_PURPOSE_0', text: 'No key block has the purpose of a flash key.' }];
    }
    return slots.filter(({ isEmpty }) => isEmpty).map((slot) => slotObservation(efuse, slot, 'is empty.'));
  },
};
