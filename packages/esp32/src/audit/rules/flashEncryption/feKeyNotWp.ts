import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { slotObservation } from '../fuseObservation.ts';
import { ESPEFUSE, FLASH_ENCRYPTION } from '../references.ts';

export const feKeyNotWp: Rule = {
  id: 'fe-key-not-wp',
  title: 'The flash encryption key, or what marks it as one, is not write-protected',
  meaning:
    'More bits of the key can be burned. That destroys the device; on the ESP32 an attacker who burns bit by bit and watches the ' +
    'flash learns the key.',
  severity: 'high',
  mend: [
    'ESP32: "espefuse write-protect-efuse BLOCK1".',
    'Other chips: "espefuse write-protect-efuse BLOCK_KEYn KEY_PURPOSE_n" for the block that holds the key.',
    'Neither can be undone, and neither harms a key that works.',
  ],
  references: [FLASH_ENCRYPTION, ESPEFUSE],
  needs: ['efuse', 'bootLog'],
  check: ({ efuse, bootLog }) => {
    const said = whatLogSays(bootLog, 'keyWriteProtection');
    if (efuse === undefined) return said?.lines ?? { notJudged: 'Only the eFuses tell how the key is protected.' };
    return keySlotsFor(efuse.value, 'flash-encryption')
      .filter(({ isEmpty, isWriteProtected, isPurposeLocked }) => !isEmpty && !(isWriteProtected && isPurposeLocked))
      .map((slot) =>
        slotObservation(
          efuse,
          slot,
          `: ${slot.isWriteProtected ? slot.purposeField : 'the key'} is not write-protected.`,
        ),
      );
  },
};
