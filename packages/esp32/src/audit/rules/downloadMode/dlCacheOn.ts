import type { Rule } from '../../rule.ts';
import { openFuses } from '../openFuse.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const dlCacheOn: Rule = {
  id: 'dl-cache-on',
  title: 'A program loaded over the serial line can read the flash through the cache, decrypted',
  meaning:
    'The loader takes a small program into memory and runs it. While the cache works in download mode, that program sees the flash ' +
    'in clear and sends it out.',
  severity: 'critical',
  mend: [
    'On this device: "espefuse burn-efuse DISABLE_DL_CACHE 1" (ESP32), "espefuse burn-efuse DIS_DOWNLOAD_ICACHE 1 DIS_DOWNLOAD_DCACHE 1" or SPI_DOWNLOAD_MSPI_DIS where the chip has them. It cannot be undone.',
    'For the next devices, switch off CONFIG_SECURE_FLASH_UART_BOOTLOADER_ALLOW_CACHE; in ESP-IDF 3.x CONFIG_FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_CACHE.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check: (subject) =>
    openFuses(subject, { fuse: 'downloadCache', topic: 'downloadCache', severityWithoutEncryption: 'low' }),
};
