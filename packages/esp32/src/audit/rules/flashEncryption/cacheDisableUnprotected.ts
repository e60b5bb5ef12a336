import { readFuses } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { WORKFLOWS } from '../references.ts';

export const cacheDisableUnprotected: Rule = {
  id: 'cache-disable-unprotected',
  title: 'One burn can still make the chip useless: the eFuse that switches its cache off is not write-protected',
  meaning:
    'Firmware with a fault, or an attacker who runs code once, can burn DIS_CACHE or DIS_ICACHE, after which the chip never starts ' +
    'again. ESP-IDF wants it write-protected in release mode.',
  severity: 'low',
  mend: [
    'ESP32: "espefuse write-protect-efuse DIS_CACHE". Others: "espefuse write-protect-efuse DIS_ICACHE". Write-protect it, do not burn it: burning makes the chip useless.',
    'It cannot be undone, and locks the eFuses of the same group too: burn those first ("mkiot esp32 plan" keeps the order).',
    'Leave CONFIG_SECURE_FLASH_SKIP_WRITE_PROTECTION_CACHE off.',
  ],
  references: [WORKFLOWS],
  needs: ['efuse', 'bootLog'],
  check: (subject) => {
    const { efuse, bootLog } = subject;
    if (flashEncryptionOf(subject) === 'off') return [];
    if (efuse === undefined) {
      return whatLogSays(bootLog, 'cacheOff')?.lines ?? { notJudged: 'Only the eFuses tell what is write-protected.' };
    }
    return readFuses(efuse.value, 'cacheOff')
      .filter(({ value, isLocked }) => value === 0 && !isLocked)
      .map((fuse) => fuseObservation(efuse, fuse));
  },
};
