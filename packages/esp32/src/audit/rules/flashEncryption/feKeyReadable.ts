import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { ESPEFUSE, FLASH_ENCRYPTION } from '../references.ts';

export const feKeyReadable: Rule = {
  id: 'fe-key-readable',
  title: 'The flash encryption key can be read out of the eFuses',
  meaning:
    '"espefuse summary" prints the key to whoever has the board on a cable. With it, all of the flash is readable.',
  severity: 'critical',
  mend: [
    'Read-protect it: "espefuse read-protect-efuse BLOCK1" (ESP32), or BLOCK_KEYn that holds it. It cannot be undone.',
    'The key has been readable: treat the flash of this device as known, and give the next devices a key burned with "espefuse burn-key", which protects it in the same step.',
  ],
  references: [FLASH_ENCRYPTION, ESPEFUSE],
  needs: ['efuse', 'bootLog'],
  check: ({ efuse, bootLog }) => {
    const said = whatLogSays(bootLog, 'keyReadProtection');
    if (efuse === undefined) return said?.lines ?? { notJudged: 'Only the eFuses tell how the key is protected.' };
    return keySlotsFor(efuse.value, 'flash-encryption')
      .filter(({ isReadProtected, isEmpty }) => !isReadProtected && !isEmpty)
      .map((slot) => slotObservation(efuse, slot, 'holds a key and is not read-protected.'));
  },
};
