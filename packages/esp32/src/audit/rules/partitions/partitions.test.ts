import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlashDump } from '../../flash/flashDump.ts';
import { burned, observed, partitionsOfCsv, ruleChecks } from '../subject.testing.ts';
import { eepromPartition } from './eepromPartition.ts';
import { nvsFlagged } from './nvsFlagged.ts';
import { nvsKeysMissing } from './nvsKeysMissing.ts';
import { partitionFlagMissing } from './partitionFlagMissing.ts';
import { partitionMd5Missing } from './partitionMd5Missing.ts';
import { slotWithoutImage } from './slotWithoutImage.ts';

const ON = { efuse: burned('esp32', 'FLASH_CRYPT_CNT') };
const OFF = { efuse: burned('esp32', '') };
const table = (...lines: readonly string[]) => ({ partitions: partitionsOfCsv(...lines) });
const NVS = 'nvs, data, nvs, 0x9000, 0x5000,';
const KEYS = 'nvs_keys, data, nvs_keys, 0x10000, 0x1000, encrypted';

function dump(hasMd5: boolean): FlashDump {
  const partitionTable = { offset: 0x8000, table: { partitions: [], hasMd5 } };
  return { bytes: new Uint8Array(), partitionTable, regions: [], sectors: [], nvs: [], secrets: [] };
}

const checks = ruleChecks([
  {
    rule: partitionFlagMissing,
    sees: [
      ['SPIFFS without the flag', { ...ON, ...table('spiffs, data, spiffs, 0x290000, 1M,') }],
      ['the EEPROM of old Arduino cores', { ...ON, ...table('eeprom, data, 0x99, 0x290000, 0x1000,') }],
      ['esp_secure_cert', { ...ON, ...table('esp_secure_cert, 0x3F, , 0xd000, 0x2000,') }],
      [
        'a firmware that is built for encryption',
        { sdkconfig: 'CONFIG_SECURE_FLASH_ENC_ENABLED=y', ...table('storage, data, fat, 0x290000, 1M,') },
      ],
      ['a table of which nothing else is known', table('storage, data, littlefs, 0x290000, 1M,')],
    ],
    passes: [
      ['a flagged partition', { ...ON, ...table('storage, data, fat, 0x290000, 1M, encrypted') }],
      ['NVS, which has an encryption of its own', { ...ON, ...table(NVS) }],
      ['calibration data of the radio', { ...ON, ...table('phy_init, data, phy, 0xf000, 0x1000,') }],
      ['a chip that is not encrypted, which fe-off sees', { ...OFF, ...table('storage, data, fat, 0x290000, 1M,') }],
    ],
    notJudged: [
      [
        'a dump whose table is encrypted',
        { ...ON, flash: { bytes: new Uint8Array(), regions: [], sectors: [], nvs: [], secrets: [] } },
      ],
    ],
  },
  {
    rule: eepromPartition,
    sees: [['a flag that does not help', { ...ON, ...table('eeprom, data, 0x99, 0x290000, 0x1000, encrypted') }]],
    passes: [
      [
        'one without it, which partition-flag-missing sees',
        { ...ON, ...table('eeprom, data, 0x99, 0x290000, 0x1000,') },
      ],
      ['another type', { ...ON, ...table('eeprom, 0x40, 0x99, 0x290000, 0x1000, encrypted') }],
    ],
  },
  {
    rule: nvsFlagged,
    sees: [['the flag', table('nvs, data, nvs, 0x9000, 0x5000, encrypted')]],
    passes: [
      ['NVS without it', table(NVS)],
      ['the flag on its keys', table(NVS, KEYS)],
    ],
  },
  {
    rule: nvsKeysMissing,
    sees: [
      ['NVS without keys', { ...ON, ...table(NVS) }],
      [
        'the error of ESP-IDF 4',
        {
          log: 'E (1) nvs: CONFIG_NVS_ENCRYPTION is enabled, but no partition with subtype nvs_keys found in the partition table.',
        },
      ],
    ],
    passes: [
      ['NVS with keys', { ...ON, ...table(NVS, KEYS) }],
      [
        'a key of the HMAC peripheral',
        { efuse: burned('esp32c6', 'SPI_BOOT_CRYPT_CNT, key BLOCK_KEY4, KEY_PURPOSE_4=8'), ...table(NVS) },
      ],
      ['encrypted NVS in the log', { log: 'I (1) nvs: NVS partition "nvs" is encrypted.' }],
      ['a chip that is not encrypted, which fe-off sees', { ...OFF, ...table(NVS) }],
    ],
    notJudged: [['another log', { log: 'I (1) boot: up' }]],
  },
  {
    rule: partitionMd5Missing,
    sees: [
      ['a table without it', { flash: dump(false) }],
      ['the option off', { sdkconfig: '# CONFIG_PARTITION_TABLE_MD5 is not set' }],
    ],
    passes: [
      ['a table with it', { flash: dump(true) }],
      ['the option on', { sdkconfig: 'CONFIG_PARTITION_TABLE_MD5=y' }],
    ],
    notJudged: [['an sdkconfig that does not name it', { sdkconfig: 'CONFIG_SECURE_BOOT=y' }]],
  },
  {
    rule: slotWithoutImage,
    sees: [
      [
        'an empty slot at the boot that encrypts',
        {
          log: [
            'W (1) flash_encrypt: Using pre-loaded flash encryption key in EFUSE block 1',
            'E (2) esp_image: image at 0x1f0000 has invalid magic byte',
          ].join('\r\n'),
        },
      ],
    ],
    passes: [
      [
        'the same on a chip that is not encrypted',
        { ...OFF, log: 'E (1) esp_image: image at 0x1f0000 has invalid magic byte' },
      ],
    ],
    notJudged: [
      ['another log', { log: 'I (1) boot: up' }],
      [
        'an empty slot, as long as nothing tells of encryption',
        { log: 'E (2) esp_image: image at 0x1f0000 has invalid magic byte' },
      ],
    ],
  },
]);

for (const { name, run } of checks) test(name, run);

test('as long as it is unknown whether the flash is encrypted, a missing flag is of medium severity', () => {
  const parts = table('storage, data, littlefs, 0x290000, 1M,');
  assert.deepEqual(observed(partitionFlagMissing, parts), ['medium']);
  assert.deepEqual(observed(partitionFlagMissing, { ...ON, ...parts }), ['high']);
});
