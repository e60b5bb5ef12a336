import type { Chip } from './chip.ts';
import { ELEVEN_BLOCKS } from './efuseBlocks.ts';
import { ESP32H2_FIELDS, ESP32H2_FIELDS_UNTIL_V1_1 } from './efuseFields/esp32h2.ts';
import { ESP32H2_KEY_PURPOSES } from './keyPurposes.ts';
import { ESP32C6_MEMORY } from './memoryRegions.ts';

export const ESP32H2: Chip = {
  name: 'esp32h2',
  label: 'ESP32-H2',
  imageChipId: 16,
  bootloaderOffset: 0x0,
  memory: ESP32C6_MEMORY,
  flashFrequencies: { 0x0: '24m', 0x1: '16m', 0x2: '12m', 0xf: '48m' },
  efuse: {
    baseAddress: 0x600b0800,
    windowBytes: 0x200,
    blocks: ELEVEN_BLOCKS,
    coding: 'reed-solomon',
    fieldTables: [
      { untilRevision: 101, fields: [...ESP32H2_FIELDS, ...ESP32H2_FIELDS_UNTIL_V1_1] },
      { fields: ESP32H2_FIELDS },
    ],
    blankRevision: 0,
    sums: [],
    hasEui64: true,
    calibration: {
      parts: [
        { field: 'BLK_VERSION_MAJOR', factor: 100 },
        { field: 'BLK_VERSION_MINOR', factor: 1 },
      ],
      atLeast: 2,
    },
    keyPurposes: ESP32H2_KEY_PURPOSES,
    fixedKeys: [],
    noFlashKeyIn: 'BLOCK_KEY5',
  },
  flashEncryption: { algorithm: 'xts-aes', keyBits: [256], writeBytes: 16, counterField: 'SPI_BOOT_CRYPT_CNT' },
  secureBoot: [
    { version: 2, algorithm: 'rsa-3072-pss', fromRevision: 0, keys: 3 },
    { version: 2, algorithm: 'ecdsa', fromRevision: 0, keys: 3 },
  ],
  hasHmac: true,
};
