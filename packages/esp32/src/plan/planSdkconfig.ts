import type { Chip, SecureBootScheme } from '../chips/chip.ts';
import { fuseNames } from '../efuse/readFuse.ts';
import { TABLE_OFFSET } from './layout.ts';
import type { FlashEncryptionWay } from './plan.ts';
import type { Profile } from './profile.ts';

/** The settings with which the firmware has to be built, in the order of the file. Names are those of ESP-IDF 4.4 and newer. */
export function planSdkconfig(
  chip: Chip,
  profile: Profile,
  scheme: SecureBootScheme | undefined,
  encryption: FlashEncryptionWay,
): ReadonlyMap<string, string> {
  const settings = new Map([
    ['IDF_TARGET', `"${chip.name}"`],
    ['PARTITION_TABLE_CUSTOM', 'y'],
    ['PARTITION_TABLE_CUSTOM_FILENAME', '"partitions.csv"'],
    ['PARTITION_TABLE_OFFSET', `0x${TABLE_OFFSET.toString(16)}`],
    ['SECURE_FLASH_ENC_ENABLED', 'y'],
    // Where the host encrypts: a bootloader that starts to do so by itself would take a key that nobody knows.
    ['SECURE_FLASH_REQUIRE_ALREADY_ENABLED', encryption === 'host' ? 'y' : 'n'],
    ...Object.entries(profile.sdkconfig),
  ]);
  if (encryption === 'first-boot' && profile.leavesOpen.includes('downloadEncrypt')) {
    // The bootloader would close it with the rest.
    settings.set('SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC', 'y');
  }
  if (fuseNames(chip, 'pseudoRounds').length > 0 && profile.closes.includes('pseudoRounds')) {
    settings.set('SECURE_FLASH_PSEUDO_ROUND_FUNC', 'y');
  }
  if (profile.secureBoot && scheme !== undefined)
    for (const [name, value] of secureBoot(scheme)) settings.set(name, value);
  if (profile.closesLoader) settings.set(loaderSetting(chip), 'y');
  return settings;
}

function secureBoot({ algorithm, minimumRevisionSetting }: SecureBootScheme): readonly (readonly [string, string])[] {
  return [
    ['SECURE_BOOT', 'y'],
    ['SECURE_BOOT_V2_ENABLED', 'y'],
    [algorithm === 'ecdsa' ? 'SECURE_SIGNED_APPS_ECDSA_V2_SCHEME' : 'SECURE_SIGNED_APPS_RSA_SCHEME', 'y'],
    // Signing is a step of its own, on the machine that has the key.
    ['SECURE_BOOT_BUILD_SIGNED_BINARIES', 'n'],
    ...(minimumRevisionSetting === undefined ? [] : [[minimumRevisionSetting, 'y'] as const]),
  ];
}

function loaderSetting(chip: Chip): string {
  const hasSecure = fuseNames(chip, 'secureDownload').length > 0;
  return hasSecure ? 'SECURE_ENABLE_SECURE_ROM_DL_MODE' : 'SECURE_DISABLE_ROM_DL_MODE';
}

/** The settings as `sdkconfig.defaults` has them. */
export function sdkconfigLines(settings: ReadonlyMap<string, string>): readonly string[] {
  return [...settings].map(([name, value]) =>
    value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`,
  );
}
