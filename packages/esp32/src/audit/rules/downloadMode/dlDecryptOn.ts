import type { Rule } from '../../rule.ts';
import { openFuses } from '../openFuse.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const dlDecryptOn: Rule = {
  id: 'dl-decrypt-on',
  title: 'The serial loader hands out the flash decrypted',
  meaning:
    'In download mode the chip decrypts what it is asked to read: whoever has a cable gets firmware and keys in clear. Espressif ' +
    'says that this makes flash encryption useless.',
  severity: 'critical',
  chips: ['esp32'],
  mend: [
    'On this device: "espefuse burn-efuse DISABLE_DL_DECRYPT 1". It cannot be undone, and nothing needs it open.',
    'For the next devices, switch off CONFIG_SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC; in ESP-IDF 3.x CONFIG_FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_DECRYPT.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check: (subject) =>
    openFuses(subject, { fuse: 'downloadDecrypt', topic: 'downloadDecrypt', severityWithoutEncryption: 'low' }),
};
