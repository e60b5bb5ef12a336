import type { Rule } from '../../rule.ts';
import { openFuses } from '../openFuse.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const directBootOpen: Rule = {
  id: 'direct-boot-open',
  title: 'Ways of booting that know no bootloader are open',
  meaning:
    'The ROM can still start code that has no image header, or from memory. ESP-IDF closes this in release mode, because nothing ' +
    'checks such code.',
  severity: 'medium',
  mend: [
    '"espefuse burn-efuse DIS_DIRECT_BOOT 1"; on the S2 "espefuse burn-efuse DIS_LEGACY_SPI_BOOT 1 DIS_BOOT_REMAP 1". It cannot be undone; no project made with ESP-IDF needs them.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check: (subject) => openFuses(subject, { fuse: 'directBoot', topic: 'directBoot', severityWithoutEncryption: 'low' }),
};
