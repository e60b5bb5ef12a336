import type { Chip } from './chip.ts';
import { ELEVEN_BLOCKS } from './efuseBlocks.ts';
import { ESP32C5_FIELDS } from './efuseFields/esp32c5.ts';
import { ESP32C5_KEY_PURPOSES } from './keyPurposes.ts';
import { ESP32C5_MEMORY } from './memoryRegions.ts';

export const ESP32C5: Chip = {
  name: 'esp32c5',
  label: 'ESP32-C5',
  imageChipId: 23,
  bootloaderOffset: 0x2000,
  memory: ESP32C5_MEMORY,
  flashFrequencies: { 0x0: '40m', 0x2: '20m', 0xf: '80m' },
  efuse: {
    baseAddress: 0x600b4800,
    windowBytes: 0x200,
    blocks: ELEVEN_BLOCKS,
    coding: 'reed-solomon',
    fieldTables: [{ fields: ESP32C5_FIELDS }],
    blankRevision: 0,
    sums: [
      {
        name: 'RECOVERY_BOOTLOADER_FLASH_SECTOR',
        bits: 12,
        category: 'config',
        description: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_HI and _LO',
        parts: [
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_HI', factor: 512 },
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_LO', factor: 1 },
        ],
      },
      {
        name: 'BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION',
        bits: 4,
        category: 'config',
        description: 'BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_HI and _LO',
        parts: [
          { field: 'BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_HI', factor: 8 },
          { field: 'BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_LO', factor: 1 },
        ],
      },
    ],
    hasEui64: true,
    calibration: {
      parts: [
        { field: 'BLK_VERSION_MAJOR', factor: 100 },
        { field: 'BLK_VERSION_MINOR', factor: 1 },
      ],
      atLeast: 1,
    },
    keyPurposes: ESP32C5_KEY_PURPOSES,
    fixedKeys: [],
  },
  flashEncryption: { algorithm: 'xts-aes', keyBits: [256], writeBytes: 16, counterField: 'SPI_BOOT_CRYPT_CNT' },
  secureBoot: [
    {
      version: 2,
      algorithm: 'rsa-3072-pss',
      fromRevision: 100,
      keys: 3,
      minimumRevisionSetting: 'ESP32C5_REV_MIN_100',
    },
    { version: 2, algorithm: 'ecdsa', fromRevision: 100, keys: 3, minimumRevisionSetting: 'ESP32C5_REV_MIN_100' },
  ],
  hasHmac: true,
};
