import type { Profile } from '../profile.ts';

/** ESP-IDF's development mode: the same protection of the flash, but new firmware can be written over the cable. */
export const DEVELOPMENT: Profile = {
  name: 'development',
  purpose:
    'A board on your desk: encrypted as the product will be, and still flashed over the cable. Not secure: give it no real secret.',
  flashEncryption: 'development',
  secureBoot: false,
  closes: ['downloadDecrypt', 'downloadCache', 'jtag', 'romBasic', 'directBoot'],
  leavesOpen: ['downloadEncrypt', 'downloadMode', 'secureDownload'],
  writeProtects: [],
  closesLoader: false,
  sdkconfig: {
    SECURE_FLASH_ENCRYPTION_MODE_DEVELOPMENT: 'y',
    NVS_ENCRYPTION: 'y',
    BOOTLOADER_APP_ROLLBACK_ENABLE: 'y',
  },
};
