/** What an eFuse guards. */
export type SecurityFuse =
  | 'downloadEncrypt'
  | 'downloadDecrypt'
  | 'downloadCache'
  | 'jtag'
  | 'softJtag'
  | 'romBasic'
  | 'directBoot'
  | 'downloadMode'
  | 'secureDownload'
  | 'secureBootV1'
  | 'secureBootV2'
  | 'digestRevoke'
  | 'aggressiveRevoke'
  | 'keyTweak'
  | 'cacheOff'
  | 'pseudoRounds';

/**
 * What the eFuses that guard a chip are for, and their names on the chips that have them. A chip has those that are in its
 * table of fields, which is how chips differ. "Closes" and "off" are burned to 1. ESP-IDF, security guides.
 */
export const SECURITY_FUSES: Readonly<Record<SecurityFuse, readonly string[]>> = {
  /** Closes that the ROM loader encrypts what it is told to write. */
  downloadEncrypt: ['DISABLE_DL_ENCRYPT', 'DIS_DOWNLOAD_MANUAL_ENCRYPT'],
  /** Closes that the ROM loader hands out flash decrypted. */
  downloadDecrypt: ['DISABLE_DL_DECRYPT'],
  /** Closes the caches, through which a program of the loader would read flash decrypted. */
  downloadCache: ['DISABLE_DL_CACHE', 'DIS_DOWNLOAD_ICACHE', 'DIS_DOWNLOAD_DCACHE', 'SPI_DOWNLOAD_MSPI_DIS'],
  /** Closes the debugger for ever. All that a chip has are needed. */
  jtag: ['JTAG_DISABLE', 'DIS_PAD_JTAG', 'HARD_DIS_JTAG', 'DIS_USB_JTAG'],
  /** Closes the debugger until an HMAC key opens it; closed while an odd number of bits is set. */
  softJtag: ['SOFT_DIS_JTAG'],
  romBasic: ['CONSOLE_DEBUG_DISABLE'],
  /** Closes ways of booting that know no image format and so no signature. */
  directBoot: ['DIS_DIRECT_BOOT', 'DIS_LEGACY_SPI_BOOT', 'DIS_BOOT_REMAP'],
  downloadMode: ['UART_DOWNLOAD_DIS', 'DIS_DOWNLOAD_MODE'],
  /** Leaves of the ROM loader only what writes flash. */
  secureDownload: ['ENABLE_SECURITY_DOWNLOAD'],
  secureBootV1: ['ABS_DONE_0'],
  secureBootV2: ['ABS_DONE_1', 'SECURE_BOOT_EN'],
  /** Retires the slot of a digest, by the number of the slot. */
  digestRevoke: ['SECURE_BOOT_KEY_REVOKE0', 'SECURE_BOOT_KEY_REVOKE1', 'SECURE_BOOT_KEY_REVOKE2'],
  aggressiveRevoke: ['SECURE_BOOT_AGGRESSIVE_REVOKE'],
  /** Which parts of the key the address changes; 0xF is all. */
  keyTweak: ['FLASH_CRYPT_CONFIG'],
  /** Bricks the chip when burned; protected against that by its write protection. */
  cacheOff: ['DIS_CACHE', 'DIS_ICACHE'],
  /** Rounds that hide the flash key from who measures the current. */
  pseudoRounds: ['XTS_DPA_PSEUDO_LEVEL'],
};
