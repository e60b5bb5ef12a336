import type { FromInput } from '../subject.ts';
import type { Sdkconfig } from './sdkconfig.ts';

/** What a setting is about that has had several names. */
export type SecuritySetting =
  | 'flashEncryption'
  | 'releaseMode'
  | 'secureBoot'
  | 'nvsEncryption'
  | 'rollback'
  | 'antiRollback'
  | 'coredumpToFlash'
  | 'allowJtag';

/** Names by ESP-IDF version, the newest first. Those of ESP-IDF 3 mean the same. */
export const SECURITY_SETTINGS: Readonly<Record<SecuritySetting, readonly string[]>> = {
  flashEncryption: ['SECURE_FLASH_ENC_ENABLED', 'FLASH_ENCRYPTION_ENABLED'],
  releaseMode: ['SECURE_FLASH_ENCRYPTION_MODE_RELEASE', 'FLASH_ENCRYPTION_DISABLE_PLAINTEXT'],
  secureBoot: ['SECURE_BOOT', 'SECURE_BOOT_ENABLED'],
  nvsEncryption: ['NVS_ENCRYPTION'],
  rollback: ['BOOTLOADER_APP_ROLLBACK_ENABLE', 'APP_ROLLBACK_ENABLE'],
  antiRollback: ['BOOTLOADER_APP_ANTI_ROLLBACK', 'APP_ANTI_ROLLBACK'],
  coredumpToFlash: ['ESP_COREDUMP_ENABLE_TO_FLASH', 'ESP32_ENABLE_COREDUMP_TO_FLASH'],
  allowJtag: ['SECURE_BOOT_ALLOW_JTAG'],
};

/** Whether a setting is on; undefined where the file names none of its names. */
export function isSwitchedOn(
  sdkconfig: FromInput<Sdkconfig> | undefined,
  setting: SecuritySetting,
): boolean | undefined {
  const values = SECURITY_SETTINGS[setting].flatMap((name) => sdkconfig?.value.settings.get(name)?.value ?? []);
  return values.length === 0 ? undefined : values.includes('y');
}
