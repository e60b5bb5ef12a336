import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burned, observed, ruleChecks } from '../subject.testing.ts';
import { cacheDisableUnprotected } from './cacheDisableUnprotected.ts';
import { cryptConfig } from './cryptConfig.ts';
import { feDev } from './feDev.ts';
import { feKeyMissing } from './feKeyMissing.ts';
import { feKeyNotWp } from './feKeyNotWp.ts';
import { feKeyReadable } from './feKeyReadable.ts';
import { feNever } from './feNever.ts';
import { feOff } from './feOff.ts';
import { fePreloadedKey } from './fePreloadedKey.ts';
import { feRelaxed } from './feRelaxed.ts';
import { pseudoRoundsOff } from './pseudoRoundsOff.ts';

const KEY = 'key BLOCK1, rp BLOCK1, wp BLOCK1';
const S3_KEY = 'key BLOCK_KEY0, KEY_PURPOSE_0=4, rp BLOCK_KEY0, wp BLOCK_KEY0, wp KEY_PURPOSE_0';
const ON = { efuse: burned('esp32', 'FLASH_CRYPT_CNT') };
const OTHER_LINE = 'I (746) boot: ESP-IDF v4.2.2 2nd stage bootloader';

const checks = ruleChecks([
  {
    rule: feOff,
    sees: [
      ['a blank ESP32', { efuse: burned('esp32', '') }],
      ['an S3 with an even counter', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT=3') }],
      [
        'what the check of an app says',
        { log: 'W (199) flash_encrypt: Not enabled Flash Encryption (FLASH_CRYPT_CNT->1 or max)' },
      ],
    ],
    passes: [
      ['a counter of 1', ON],
      ['a counter of 7 on the S3', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT=7') }],
      [
        'the log of an encrypted chip',
        { log: 'I (1) flash_encrypt: flash encryption is enabled (3 plaintext flashes left)' },
      ],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: feDev,
    sees: [
      ['a counter of 1', ON],
      [
        'the warning of ESP-IDF 3',
        { log: 'W (1) flash_encrypt: Not disabling FLASH_CRYPT_CNT - plaintext flashing is still possible' },
      ],
      [
        'the warning of ESP-IDF 4 and 5',
        { log: 'W (1682) flash_encrypt: Flash encryption mode is DEVELOPMENT (not secure)' },
      ],
      ['flashes left', { log: 'I (9) flash_encrypt: flash encryption is enabled (1 plaintext flashes left)' }],
    ],
    passes: [
      ['a counter with all bits', { efuse: burned('esp32', 'FLASH_CRYPT_CNT=127') }],
      ['a counter that is locked', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, wp FLASH_CRYPT_CNT') }],
      ['a chip that is not encrypted at all', { efuse: burned('esp32', '') }],
      ['release mode in the log', { log: 'I (1) flash_encrypt: Flash encryption mode is RELEASE' }],
      ['no flash left', { log: 'I (9) flash_encrypt: flash encryption is enabled (0 plaintext flashes left)' }],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: feRelaxed,
    sees: [['a counter of 3', { efuse: burned('esp32', 'FLASH_CRYPT_CNT=3') }]],
    passes: [
      ['a blank counter', { efuse: burned('esp32', '') }],
      ['a counter that is on again', { efuse: burned('esp32', 'FLASH_CRYPT_CNT=7') }],
    ],
  },
  {
    rule: feNever,
    sees: [['a locked counter of 0', { efuse: burned('esp32', 'wp FLASH_CRYPT_CNT') }]],
    passes: [
      ['a locked counter of 1', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, wp FLASH_CRYPT_CNT') }],
      ['an open counter of 0', { efuse: burned('esp32', '') }],
    ],
  },
  {
    rule: feKeyReadable,
    sees: [
      ['a key that is only write-protected', { efuse: burned('esp32', 'key BLOCK1, wp BLOCK1') }],
      ['a key of the S3 in any block', { efuse: burned('esp32s3', 'key BLOCK_KEY3, KEY_PURPOSE_3=4') }],
      [
        'what the check of an app says',
        { log: 'W (1) flash_encrypt: Not read-protected flash ecnryption key (set RD_DIS_BLK1->1)' },
      ],
    ],
    passes: [
      ['a key that is read-protected', { efuse: burned('esp32', KEY) }],
      ['a block that is empty', { efuse: burned('esp32', '') }],
      ['a readable digest', { efuse: burned('esp32s3', 'key BLOCK_KEY3, KEY_PURPOSE_3=9') }],
    ],
    notJudged: [['a log', { log: OTHER_LINE }]],
  },
  {
    rule: feKeyMissing,
    sees: [
      ['a counter without a key', ON],
      ['a counter without a key block on the S3', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT') }],
    ],
    passes: [
      ['a counter with a key', { efuse: burned('esp32', `${KEY}, FLASH_CRYPT_CNT`) }],
      ['a chip that is off', { efuse: burned('esp32', '') }],
    ],
  },
  {
    rule: feKeyNotWp,
    sees: [
      ['a key that can be changed', { efuse: burned('esp32', 'key BLOCK1, rp BLOCK1') }],
      ['a purpose that can be changed', { efuse: burned('esp32s3', S3_KEY.replace(', wp KEY_PURPOSE_0', '')) }],
    ],
    passes: [
      ['a key that is locked', { efuse: burned('esp32', KEY) }],
      ['a key of the S3 that is locked with its purpose', { efuse: burned('esp32s3', S3_KEY) }],
    ],
  },
  {
    rule: cryptConfig,
    sees: [
      ['a config of 0', ON],
      ['a config of 7', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, FLASH_CRYPT_CONFIG=7') }],
      [
        'the error of the bootloader',
        { log: 'E (1) flash_encrypt: EFUSE_ENCRYPT_CONFIG should be set 0xF but it is 0x0' },
      ],
    ],
    passes: [
      ['a config of 15', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, FLASH_CRYPT_CONFIG=15') }],
      ['a config of 0 while encryption is off', { efuse: burned('esp32', '') }],
    ],
  },
  {
    rule: fePreloadedKey,
    sees: [
      [
        'the wording of ESP-IDF 3',
        { log: 'W (9) flash_encrypt: Using pre-loaded flash encryption key in EFUSE block 1' },
      ],
      ['the wording of ESP-IDF 5', { log: 'I (9) flash_encrypt: Using pre-loaded flash encryption key in efuse' }],
    ],
    passes: [['a key made on the chip', { log: 'I (9) flash_encrypt: Generating new flash encryption key...' }]],
    notJudged: [['another log', { log: OTHER_LINE }]],
  },
  {
    rule: cacheDisableUnprotected,
    sees: [
      ['an encrypted chip with DIS_CACHE open', ON],
      [
        'what the check of an app says',
        { log: 'W (1) flash_encrypt: Not write-protected DIS_ICACHE (set WR_DIS_DIS_ICACHE->1)' },
      ],
    ],
    passes: [
      ['DIS_CACHE write-protected', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, wp DIS_CACHE') }],
      ['a chip that is not encrypted', { efuse: burned('esp32', '') }],
      ['a chip without such an eFuse', { efuse: burned('esp32c2', 'SPI_BOOT_CRYPT_CNT') }],
    ],
  },
  {
    rule: pseudoRoundsOff,
    sees: [['an H2 with level 0', { efuse: burned('esp32h2', 'SPI_BOOT_CRYPT_CNT') }]],
    passes: [
      ['an H2 with level 1', { efuse: burned('esp32h2', 'SPI_BOOT_CRYPT_CNT, XTS_DPA_PSEUDO_LEVEL=1') }],
      ['an S3, which has no such eFuse', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT') }],
    ],
  },
]);

for (const { name, run } of checks) test(name, run);

test('a config of 0 is critical and one of 7 high', () => {
  assert.deepEqual(observed(cryptConfig, ON), ['critical']);
  assert.deepEqual(observed(cryptConfig, { efuse: burned('esp32', 'FLASH_CRYPT_CNT, FLASH_CRYPT_CONFIG=7') }), [
    'high',
  ]);
});

test('of a log with several boots the last that says something counts', () => {
  const log = [
    'W (1) flash_encrypt: Flash encryption mode is DEVELOPMENT (not secure)',
    'I (1) flash_encrypt: Setting CRYPT_CNT for permanent encryption',
  ].join('\r\n');
  assert.deepEqual(observed(feDev, { log }), []);
});

test('eFuses as they are count more than what a log told once', () => {
  const log = 'W (1) flash_encrypt: Flash encryption mode is DEVELOPMENT (not secure)';
  assert.deepEqual(observed(feDev, { log, efuse: burned('esp32', 'FLASH_CRYPT_CNT=127') }), []);
});
