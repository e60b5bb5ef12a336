import type { Profile } from '../profile.ts';

/** ESP-IDF's release mode with secure boot: esp_flash_encryption_cfg_verify_release_mode() and its like for secure boot pass. */
export const PRODUCTION: Profile = {
  name: 'production',
  purpose: 'A device that leaves your hands: it runs only what you have signed, and its flash is readable to nobody.',
  flashEncryption: 'release',
  secureBoot: true,
  closes: ['downloadEncrypt', 'downloadDecrypt', 'downloadCache', 'jtag', 'romBasic', 'directBoot', 'pseudoRounds'],
  leavesOpen: [],
  writeProtects: ['cacheOff'],
  closesLoader: true,
  sdkconfig: {
    SECURE_FLASH_ENCRYPTION_MODE_RELEASE: 'y',
    NVS_ENCRYPTION: 'y',
    BOOTLOADER_APP_ROLLBACK_ENABLE: 'y',
    BOOTLOADER_APP_ANTI_ROLLBACK: 'y',
    BOOTLOADER_APP_SECURE_VERSION: '0',
    BOOTLOADER_LOG_LEVEL_ERROR: 'y',
    ESP_COREDUMP_ENABLE_TO_NONE: 'y',
  },
};
