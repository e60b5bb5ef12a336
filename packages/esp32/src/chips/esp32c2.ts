import type { Chip } from './chip.ts';
import { ESP32C2_BLOCKS } from './efuseBlocks.ts';
import { ESP32C2_FIELDS } from './efuseFields/esp32c2.ts';
import { ESP32C2_MEMORY } from './memoryRegions.ts';

export const ESP32C2: Chip = {
  name: 'esp32c2',
  label: 'ESP32-C2',
  imageChipId: 12,
  bootloaderOffset: 0x0,
  memory: ESP32C2_MEMORY,
  flashFrequencies: { 0x0: '30m', 0x1: '20m', 0x2: '15m', 0xf: '60m' },
  efuse: {
    baseAddress: 0x60008800,
    windowBytes: 0x200,
    blocks: ESP32C2_BLOCKS,
    coding: 'reed-solomon',
    fieldTables: [{ fields: ESP32C2_FIELDS }],
    blankRevision: 0,
    sums: [],
    hasEui64: false,
    calibration: {
      parts: [
        { field: 'BLK_VERSION_MAJOR', factor: 100 },
        { field: 'BLK_VERSION_MINOR', factor: 1 },
      ],
      atLeast: 1,
    },
    keyPurposes: {},
    fixedKeys: [
      { field: 'BLOCK_KEY0_LOW_128', use: 'flash-encryption', when: { field: 'XTS_KEY_LENGTH_256', value: 0 } },
      { field: 'BLOCK_KEY0_HI_128', use: 'secure-boot', when: { field: 'XTS_KEY_LENGTH_256', value: 0 } },
      { field: 'BLOCK_KEY0', use: 'flash-encryption', when: { field: 'XTS_KEY_LENGTH_256', value: 1 } },
    ],
  },
  flashEncryption: { algorithm: 'xts-aes', keyBits: [128, 256], writeBytes: 16, counterField: 'SPI_BOOT_CRYPT_CNT' },
  secureBoot: [{ version: 2, algorithm: 'ecdsa', fromRevision: 0, keys: 1 }],
  hasHmac: false,
};
