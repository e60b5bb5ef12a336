import type { Chip } from './chip.ts';
import { ELEVEN_BLOCKS } from './efuseBlocks.ts';
import { ESP32C3_FIELDS } from './efuseFields/esp32c3.ts';
import { ESP32C3_KEY_PURPOSES } from './keyPurposes.ts';
import { ESP32C3_MEMORY } from './memoryRegions.ts';

export const ESP32C3: Chip = {
  name: 'esp32c3',
  label: 'ESP32-C3',
  imageChipId: 5,
  bootloaderOffset: 0x0,
  memory: ESP32C3_MEMORY,
  flashFrequencies: { 0x0: '40m', 0x1: '26m', 0x2: '20m', 0xf: '80m' },
  efuse: {
    baseAddress: 0x60008800,
    windowBytes: 0x200,
    blocks: ELEVEN_BLOCKS,
    coding: 'reed-solomon',
    fieldTables: [{ fields: ESP32C3_FIELDS }],
    blankRevision: 0,
    sums: [
      {
        name: 'WAFER_VERSION_MINOR',
        bits: 4,
        category: 'identity',
        description: 'WAFER_VERSION_MINOR_HI and _LO',
        parts: [
          { field: 'WAFER_VERSION_MINOR_HI', factor: 8 },
          { field: 'WAFER_VERSION_MINOR_LO', factor: 1 },
        ],
      },
    ],
    hasEui64: false,
    calibration: {
      parts: [
        { field: 'BLK_VERSION_MAJOR', factor: 100 },
        { field: 'BLK_VERSION_MINOR', factor: 1 },
      ],
      atLeast: 100,
    },
    keyPurposes: ESP32C3_KEY_PURPOSES,
    fixedKeys: [],
    noFlashKeyIn: 'BLOCK_KEY5',
  },
  flashEncryption: { algorithm: 'xts-aes', keyBits: [256], writeBytes: 16, counterField: 'SPI_BOOT_CRYPT_CNT' },
  secureBoot: [
    { version: 2, algorithm: 'rsa-3072-pss', fromRevision: 3, keys: 3, minimumRevisionSetting: 'ESP32C3_REV_MIN_3' },
  ],
  hasHmac: true,
};
