import type { Reference } from '../rule.ts';

const IDF = 'https://docs.espressif.com/projects/esp-idf/en/stable/esp32';
const IDF_S3 = 'https://docs.espressif.com/projects/esp-idf/en/stable/esp32s3';

/** Where Espressif writes about what a rule looks for. */
export const FLASH_ENCRYPTION: Reference = {
  title: 'ESP-IDF: flash encryption',
  url: `${IDF}/security/flash-encryption.html`,
};
export const SECURE_BOOT_V1: Reference = {
  title: 'ESP-IDF: secure boot v1',
  url: `${IDF}/security/secure-boot-v1.html`,
};
export const SECURE_BOOT_V2: Reference = {
  title: 'ESP-IDF: secure boot v2',
  url: `${IDF}/security/secure-boot-v2.html`,
};
export const WORKFLOWS: Reference = {
  title: 'ESP-IDF: how to enable the security features from a host',
  url: `${IDF}/security/security-features-enablement-workflows.html`,
};
export const SECURITY_OVERVIEW: Reference = {
  title: 'ESP-IDF: security overview',
  url: `${IDF}/security/security.html`,
};
export const VULNERABILITIES: Reference = {
  title: 'ESP-IDF: known vulnerabilities',
  url: `${IDF}/security/vulnerabilities.html`,
};
export const JTAG: Reference = {
  title: 'ESP-IDF: JTAG with secure boot and flash encryption',
  url: `${IDF}/api-guides/jtag-debugging/tips-and-quirks.html`,
};
export const HMAC: Reference = {
  title: 'ESP-IDF: HMAC peripheral and soft-disabled JTAG',
  url: `${IDF_S3}/api-reference/peripherals/hmac.html`,
};
export const EFUSES: Reference = {
  title: 'ESP-IDF: eFuse manager',
  url: `${IDF}/api-reference/system/efuse.html`,
};
export const ESPEFUSE: Reference = {
  title: 'esptool: espefuse',
  url: 'https://docs.espressif.com/projects/esptool/en/latest/esp32/espefuse/index.html',
};
export const PARTITION_TABLES: Reference = {
  title: 'ESP-IDF: partition tables',
  url: `${IDF}/api-guides/partition-tables.html`,
};
export const NVS_ENCRYPTION: Reference = {
  title: 'ESP-IDF: NVS encryption',
  url: `${IDF}/api-reference/storage/nvs_encryption.html`,
};
export const ESP_SECURE_CERT: Reference = {
  title: 'esp_secure_cert_mgr: where pre-provisioned keys are kept',
  url: 'https://github.com/espressif/esp_secure_cert_mgr',
};
export const OTA: Reference = {
  title: 'ESP-IDF: over the air updates, rollback and anti-rollback',
  url: `${IDF}/api-reference/system/ota.html`,
};
export const CORE_DUMP: Reference = {
  title: 'ESP-IDF: core dump',
  url: `${IDF}/api-guides/core_dump.html`,
};
export const KCONFIG: Reference = {
  title: 'ESP-IDF: configuration options',
  url: `${IDF}/api-reference/kconfig-reference.html`,
};
export const ARDUINO_COMPONENT: Reference = {
  title: 'Arduino as a component of ESP-IDF',
  url: 'https://docs.espressif.com/projects/arduino-esp32/en/latest/esp-idf_component.html',
};
