import { flashEncryptionState } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const feDev: Rule = {
  id: 'fe-dev',
  title: 'Flash encryption is on in development mode: it can be switched off again',
  meaning:
    'With the board on a cable anyone can write own firmware, which the chip encrypts or runs in clear, and let it read out ' +
    'what the flash holds. Espressif says of this mode: not secure.',
  severity: 'high',
  mend: [
    'Set CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y; in ESP-IDF 3.x CONFIG_FLASH_ENCRYPTION_DISABLE_PLAINTEXT=y.',
    'On a device in the field, call esp_flash_encryption_set_release_mode() from an update.',
    'By hand: "espefuse burn-efuse FLASH_CRYPT_CNT 127" (ESP32) or "espefuse burn-efuse SPI_BOOT_CRYPT_CNT 7". Do it last: it cannot be undone, and afterwards the chip takes new firmware only over the air or encrypted with its key.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check,
};

function check({ efuse, bootLog }: AuditSubject): Judgement {
  const said = whatLogSays(bootLog, 'permanence');
  const state = efuse === undefined ? undefined : flashEncryptionState(efuse.value);
  if (efuse !== undefined && state !== undefined) {
    if (!state.isOn || state.isPermanent) return [];
    return [fuseObservation(efuse, state.counter), ...(said?.isWrong === true ? said.lines : [])];
  }
  if (said !== undefined) return said.isWrong ? said.lines : [];
  return { notJudged: 'No line of the boot log tells the mode. Give the output of "espefuse summary".' };
}
