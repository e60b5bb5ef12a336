import type { Severity } from '../../finding.ts';

/** An option that opens something, and what. `wrong` is the value that does; names of ESP-IDF 3 stand beside the newer ones. */
export interface InsecureOption {
  readonly names: readonly string[];
  readonly wrong: string;
  readonly severity: Severity;
  readonly opens: string;
}

/** ESP-IDF, "Security features" and what belongs to it: components/bootloader/Kconfig.projbuild, 3.0 to 5.5. */
export const INSECURE_OPTIONS: readonly InsecureOption[] = [
  option('critical', 'the serial loader hands out the flash decrypted', [
    'SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC',
    'FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_DECRYPT',
  ]),
  option('critical', 'a program loaded over the serial line reads the flash decrypted', [
    'SECURE_FLASH_UART_BOOTLOADER_ALLOW_CACHE',
    'FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_CACHE',
  ]),
  option('critical', 'the debugger stays open, "which negates all protections of flash encryption"', [
    'SECURE_BOOT_ALLOW_JTAG',
  ]),
  option('high', 'the serial loader encrypts what it is told to write', [
    'SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC',
    'FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_ENCRYPT',
  ]),
  option('high', 'images signed with ECDSA, whose check has a known weakness on this chip, are accepted', [
    'SECURE_BOOT_V2_FORCE_ENABLE_ECDSA',
  ]),
  option('high', 'the bootloader never checks the image that it starts', ['BOOTLOADER_SKIP_VALIDATE_ALWAYS']),
  option('medium', 'the bootloader does not check the image after power-on', ['BOOTLOADER_SKIP_VALIDATE_ON_POWER_ON']),
  option('low', 'the bootloader does not check the image after deep sleep', ['BOOTLOADER_SKIP_VALIDATE_IN_DEEP_SLEEP']),
  option('medium', 'BASIC starts from the ROM when no bootloader is found', ['SECURE_BOOT_ALLOW_ROM_BASIC']),
  option('medium', 'options that weaken secure boot can be chosen', ['SECURE_BOOT_INSECURE']),
  option('medium', 'bytes behind a short app are mapped but not signed', ['SECURE_BOOT_ALLOW_SHORT_APP_PARTITION']),
  option('medium', 'key slots stay open for the digest of somebody else', ['SECURE_BOOT_ALLOW_UNUSED_DIGEST_SLOTS']),
  option('medium', 'the digest of secure boot can be read-protected, which ends it', [
    'SECURE_BOOT_V2_ALLOW_EFUSE_RD_DIS',
  ]),
  option('medium', 'the serial loader of the ROM stays open', ['SECURE_INSECURE_ALLOW_DL_MODE']),
  option('medium', 'signatures are checked by software only: who has the board replaces that software', [
    'SECURE_SIGNED_APPS_NO_SECURE_BOOT',
  ]),
  option(
    'medium',
    'secure boot is version 1, which faults pass by, although silicon from revision 3 on has version 2',
    ['SECURE_BOOT_V1_ENABLED'],
  ),
  option('low', 'ESP32 silicon is accepted that can neither do secure boot version 2 nor close its loader', [
    'ESP32_REV_MIN_0',
    'ESP32_REV_MIN_1',
    'ESP32_REV_MIN_2',
  ]),
  {
    ...option('low', 'NVS finds no key for its encryption by the HMAC peripheral', ['NVS_SEC_HMAC_EFUSE_KEY_ID']),
    wrong: '-1',
  },
  option('low', 'one burn of DIS_ICACHE can still end the chip', ['SECURE_FLASH_SKIP_WRITE_PROTECTION_CACHE']),
  option('low', 'a wrong flag "encrypted" on NVS is hidden instead of told', [
    'NVS_COMPATIBLE_PRE_V4_3_ENCRYPTION_FLAG',
  ]),
  option('low', 'the signing key lies where the firmware is built', ['SECURE_BOOT_BUILD_SIGNED_BINARIES']),
  option('info', 'on a board that was used before, old data in clear stays behind the image', [
    'SECURE_FLASH_ENCRYPT_ONLY_IMAGE_LEN_IN_APP_PART',
  ]),
  {
    ...option('low', 'the app runs although flash encryption is off', ['SECURE_FLASH_CHECK_ENC_EN_IN_APP']),
    wrong: 'n',
  },
  { ...option('low', 'the flash key is open to power analysis', ['SECURE_FLASH_PSEUDO_ROUND_FUNC']), wrong: 'n' },
];

function option(severity: Severity, opens: string, names: readonly string[]): InsecureOption {
  return { names, wrong: 'y', severity, opens };
}
