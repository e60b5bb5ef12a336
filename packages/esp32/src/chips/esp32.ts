import type { Chip } from './chip.ts';
import { ESP32_BLOCKS } from './efuseBlocks.ts';
import { ESP32_FIELDS } from './efuseFields/esp32.ts';
import { ESP32_MEMORY } from './memoryRegions.ts';

export const ESP32: Chip = {
  name: 'esp32',
  label: 'ESP32',
  imageChipId: 0,
  bootloaderOffset: 0x1000,
  memory: ESP32_MEMORY,
  flashFrequencies: { 0x0: '40m', 0x1: '26m', 0x2: '20m', 0xf: '80m' },
  efuse: {
    baseAddress: 0x3ff5a000,
    windowBytes: 0x120,
    blocks: ESP32_BLOCKS,
    coding: 'by-field',
    fieldTables: [{ fields: ESP32_FIELDS }],
    blankRevision: 0,
    sums: [
      {
        name: 'WAFER_VERSION_MAJOR',
        bits: 3,
        category: 'identity',
        description: 'Major chip version, of CHIP_VER_REV1 and CHIP_VER_REV2',
        parts: [
          { field: 'CHIP_VER_REV1', factor: 1 },
          { field: 'CHIP_VER_REV2', factor: 2 },
        ],
        // What tells v2 from v3 is no eFuse but a bit of APB_CTRL_DATE: both bits are read as v3.
        meanings: { 2: 0 },
      },
      {
        name: 'PKG_VERSION',
        bits: 4,
        category: 'identity',
        description: 'Chip package, of CHIP_PACKAGE_4BIT and CHIP_PACKAGE',
        parts: [
          { field: 'CHIP_PACKAGE_4BIT', factor: 8 },
          { field: 'CHIP_PACKAGE', factor: 1 },
        ],
      },
    ],
    hasEui64: false,
    calibration: { parts: [{ field: 'BLK3_PART_RESERVE', factor: 1 }], atLeast: 1 },
    keyPurposes: {},
    fixedKeys: [
      { field: 'BLOCK1', use: 'flash-encryption' },
      { field: 'BLOCK2', use: 'secure-boot' },
    ],
  },
  flashEncryption: {
    algorithm: 'tweaked-key',
    keyBits: [192, 256],
    writeBytes: 32,
    counterField: 'FLASH_CRYPT_CNT',
  },
  secureBoot: [
    { version: 1, algorithm: 'aes-sha512', fromRevision: 0, keys: 1 },
    { version: 2, algorithm: 'rsa-3072-pss', fromRevision: 300, keys: 1, minimumRevisionSetting: 'ESP32_REV_MIN_3' },
  ],
  hasHmac: false,
};
