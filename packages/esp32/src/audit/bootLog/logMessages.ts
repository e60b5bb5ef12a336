/** What lines of a boot log can tell of. */
export type LogTopic =
  | 'flashEncryption'
  | 'permanence'
  | 'keyTweak'
  | 'keyReadProtection'
  | 'keyWriteProtection'
  | 'preloadedKey'
  | 'downloadEncrypt'
  | 'downloadDecrypt'
  | 'downloadCache'
  | 'downloadMode'
  | 'jtag'
  | 'romBasic'
  | 'directBoot'
  | 'cacheOff'
  | 'secureBoot'
  | 'secureBootKey'
  | 'digestReadable'
  | 'digestSlots'
  | 'readProtection'
  | 'efuseVirtual'
  | 'testMode'
  | 'configMismatch'
  | 'nvsKeys'
  | 'slotImage';

/** The messages that prove that something is wrong, and those that prove that it is right. */
export interface LogMessages {
  readonly wrong: readonly RegExp[];
  readonly right: readonly RegExp[];
}

/**
 * The texts of ESP-IDF 3.0 to 5.5 (components/bootloader_support, components/nvs_flash) and of the ROMs, by what they prove.
 * The eFuse messages come only at the boot that burns them, and after it where an app checks itself with
 * esp_flash_encryption_cfg_verify_release_mode(): that a line is missing proves nothing.
 */
export const LOG_MESSAGES: Readonly<Record<LogTopic, LogMessages>> = {
  flashEncryption: {
    wrong: [/Not enabled Flash Encryption/],
    right: [
      /flash encryption is enabled/,
      /Flash encryption mode is/,
      /Flash encryption completed/,
      /Resetting with flash encryption enabled/,
      // The boot that encrypts goes on until it is done.
      /(?:Generating new|Using pre-loaded) flash encryption key/,
    ],
  },
  permanence: {
    wrong: [
      /\([1-9]\d* plaintext flashes left\)/,
      /Not disabling FLASH_CRYPT_CNT/,
      /Flash encryption mode is DEVELOPMENT/,
      /Not release mode of Flash Encryption/,
      /requires FLASH_CRYPT_CNT efuse to be write protected/,
    ],
    right: [
      /\(0 plaintext flashes left\)/,
      /Setting CRYPT_CNT for permanent encryption/,
      /Write protecting FLASH_CRYPT_CNT/,
      /Setting FLASH_CRYPT_CNT efuse to max/,
      /Flash encryption mode is RELEASE/,
    ],
  },
  keyTweak: {
    wrong: [/EFUSE_ENCRYPT_CONFIG should be set 0xF/, /ENCRYPT_CONFIG must be set 0xF/],
    right: [/Setting CRYPT_CONFIG efuse to 0xF/],
  },
  keyReadProtection: { wrong: [/Not read-protected (?:of )?[Ff]lash (?:ecn|enc)ryption key/], right: [] },
  keyWriteProtection: { wrong: [/Not write-protected (?:of )?[Ff]lash (?:ecn|enc)ryption key/], right: [] },
  preloadedKey: {
    wrong: [/Using pre-loaded flash encryption key in (?:EFUSE block 1|efuse)/],
    right: [/Generating new flash encryption key/],
  },
  downloadEncrypt: {
    wrong: [/Not disabling UART bootloader encryption/, /Not disabled UART bootloader encryption/],
    right: [/Disable UART bootloader encryption/],
  },
  downloadDecrypt: {
    wrong: [/Not disabling UART bootloader decryption/, /Not disabled UART bootloader decryption/],
    right: [/Disable UART bootloader decryption/],
  },
  downloadCache: {
    wrong: [
      /Not disabling UART bootloader (?:MMU )?cache/,
      /Not disabled UART bootloader (?:(?:MMU |D)?cache|download mspi)/,
    ],
    right: [/Disable UART bootloader (?:MMU )?cache/],
  },
  downloadMode: {
    wrong: [
      /UART ROM Download mode kept enabled/,
      /Not disabled UART ROM Download mode/,
      /waiting for download/,
      /boot:0x\w+ \((?:UART_BOOT|DOWNLOAD)/,
    ],
    right: [/Enabling Security download mode/, /Disable ROM Download mode/, /Download boot modes? disabled/],
  },
  jtag: {
    wrong: [/Not disabling JTAG/, /Not disabled (?:USB )?JTAG/],
    right: [/Disable JTAG/, /Disable hardware & software JTAG/],
  },
  romBasic: {
    wrong: [/Not disabling ROM BASIC fallback/, /Not disabled ROM BASIC/],
    right: [/Disable ROM BASIC interpreter fallback/],
  },
  directBoot: {
    wrong: [/Not disabled (?:direct boot mode|Legc?a?c?y SPI boot|boot from RAM)/],
    right: [],
  },
  cacheOff: { wrong: [/Not write-protected DIS_I?CACHE/], right: [] },
  secureBoot: {
    wrong: [/Not enabled Secure Boot/],
    right: [
      /Secure boot permanently enabled/,
      /secure boot v2 is already enabled/i,
      /bootloader secure boot is already enabled/,
      /secure boot verification succeeded/,
      /blowing secure boot efuse/,
    ],
  },
  secureBootKey: {
    wrong: [/Pre-loaded key is not read protected/, /Not read-protected secure boot key/],
    right: [],
  },
  digestReadable: { wrong: [/Secure boot key in BLOCK\d+ must NOT be read-protected/], right: [] },
  digestSlots: {
    wrong: [
      /Unused SECURE_BOOT_DIGEST\d should be revoked\. It will not be fixed/,
      /Unused key digest slot \(\d\) left un-revoked/,
    ],
    right: [/Revoking empty key digest slot/, /Unused SECURE_BOOT_DIGEST\d should be revoked\. Fixing/],
  },
  readProtection: {
    wrong: [/Allowing read disabling of additional efuses/, /Not disabled write-protection for read-protection/],
    right: [/Prevent read disabling of additional efuses/],
  },
  efuseVirtual: { wrong: [/eFuse virtual mode is enabled/i, /Virtual efuses enabled/], right: [] },
  testMode: { wrong: [/SECURE BOOT TEST MODE/], right: [] },
  configMismatch: {
    wrong: [
      /app is configured for RELEASE but efuses are set for DEVELOPMENT/,
      /Mismatch found in security options/,
      /Mismatch in secure boot settings/,
    ],
    right: [],
  },
  nvsKeys: {
    wrong: [/no partition with subtype nvs_keys found/],
    right: [/NVS partition "[^"]*" is encrypted/],
  },
  slotImage: { wrong: [/image at 0x[\da-f]+ has invalid magic byte/], right: [] },
};
