import type { Chip } from './chip.ts';
import { ELEVEN_BLOCKS } from './efuseBlocks.ts';
import { ESP32P4_FIELDS, ESP32P4_FIELDS_BEFORE_V3 } from './efuseFields/esp32p4.ts';
import { ESP32P4_KEY_PURPOSES } from './keyPurposes.ts';
import { ESP32P4_MEMORY } from './memoryRegions.ts';

export const ESP32P4: Chip = {
  name: 'esp32p4',
  label: 'ESP32-P4',
  imageChipId: 18,
  bootloaderOffset: 0x2000,
  memory: ESP32P4_MEMORY,
  flashFrequencies: { 0x0: '40m', 0x1: '26m', 0x2: '20m', 0xf: '80m' },
  efuse: {
    baseAddress: 0x5012d000,
    windowBytes: 0x200,
    blocks: ELEVEN_BLOCKS,
    coding: 'reed-solomon',
    fieldTables: [{ untilRevision: 299, fields: ESP32P4_FIELDS_BEFORE_V3 }, { fields: ESP32P4_FIELDS }],
    blankRevision: 300,
    sums: [
      {
        name: 'WAFER_VERSION_MAJOR',
        bits: 3,
        category: 'identity',
        description: 'WAFER_VERSION_MAJOR_HI and _LO',
        parts: [
          { field: 'WAFER_VERSION_MAJOR_HI', factor: 4 },
          { field: 'WAFER_VERSION_MAJOR_LO', factor: 1 },
        ],
      },
      {
        name: 'RECOVERY_BOOTLOADER_FLASH_SECTOR',
        bits: 12,
        category: 'config',
        description: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_0_1 to _11_11',
        parts: [
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_0_1', factor: 1 },
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_2_2', factor: 4 },
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_3_6', factor: 8 },
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_7_7', factor: 128 },
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_8_10', factor: 256 },
          { field: 'RECOVERY_BOOTLOADER_FLASH_SECTOR_11_11', factor: 2048 },
        ],
      },
    ],
    hasEui64: false,
    calibration: {
      parts: [
        { field: 'BLK_VERSION_MAJOR', factor: 100 },
        { field: 'BLK_VERSION_MINOR', factor: 1 },
      ],
      atLeast: 1,
    },
    keyPurposes: ESP32P4_KEY_PURPOSES,
    fixedKeys: [],
  },
  flashEncryption: { algorithm: 'xts-aes', keyBits: [256, 512], writeBytes: 16, counterField: 'SPI_BOOT_CRYPT_CNT' },
  secureBoot: [
    { version: 2, algorithm: 'rsa-3072-pss', fromRevision: 0, keys: 3 },
    { version: 2, algorithm: 'ecdsa', fromRevision: 0, keys: 3 },
  ],
  hasHmac: true,
};
