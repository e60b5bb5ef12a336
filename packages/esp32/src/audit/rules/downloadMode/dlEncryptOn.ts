import type { Rule } from '../../rule.ts';
import { openFuses } from '../openFuse.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const dlEncryptOn: Rule = {
  id: 'dl-encrypt-on',
  title: 'The serial loader encrypts whatever it is told to write',
  meaning:
    'With a cable, own firmware is written so that the chip accepts it, and that firmware then reads all the rest. It is how ' +
    'development mode takes new firmware, and has no place in a product.',
  severity: 'high',
  mend: [
    'On this device: "espefuse burn-efuse DISABLE_DL_ENCRYPT 1" (ESP32) or "espefuse burn-efuse DIS_DOWNLOAD_MANUAL_ENCRYPT 1". It cannot be undone: afterwards new firmware comes over the air, or encrypted on the host with the key of this device.',
    'For the next devices, set CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y, and leave CONFIG_SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC off.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check: (subject) =>
    openFuses(subject, { fuse: 'downloadEncrypt', topic: 'downloadEncrypt', severityWithoutEncryption: 'low' }),
};
