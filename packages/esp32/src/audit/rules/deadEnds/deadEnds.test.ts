import { test } from 'node:test';
import { burned, ruleChecks } from '../subject.testing.ts';
import { cacheDisabled } from './cacheDisabled.ts';
import { flashKeyPlace } from './flashKeyPlace.ts';
import { loaderClosedEarly } from './loaderClosedEarly.ts';
import { lockedOpen } from './lockedOpen.ts';
import { rdDisLockedEarly } from './rdDisLockedEarly.ts';

const checks = ruleChecks([
  {
    rule: lockedOpen,
    sees: [
      ['UART_DOWNLOAD_DIS locked with the counter', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, wp FLASH_CRYPT_CNT') }],
      ['an S3 whose group was locked too early', { efuse: burned('esp32s3', 'DIS_PAD_JTAG, wp DIS_ICACHE') }],
    ],
    passes: [
      ['a counter that is full instead', { efuse: burned('esp32', 'FLASH_CRYPT_CNT=127') }],
      [
        'the same on silicon that has no such eFuse',
        { efuse: burned('esp32', 'FLASH_CRYPT_CNT, wp FLASH_CRYPT_CNT', 100) },
      ],
      ['an open group', { efuse: burned('esp32s3', 'DIS_PAD_JTAG') }],
    ],
  },
  {
    rule: rdDisLockedEarly,
    sees: [
      ['secure boot that was first', { efuse: burned('esp32s3', 'SECURE_BOOT_EN, wp RD_DIS') }],
      ['a flash key that stayed readable', { efuse: burned('esp32', 'key BLOCK1, wp RD_DIS') }],
    ],
    passes: [
      ['a flash key that was first', { efuse: burned('esp32', 'key BLOCK1, rp BLOCK1, wp RD_DIS') }],
      ['an open RD_DIS', { efuse: burned('esp32', '') }],
    ],
  },
  {
    rule: cacheDisabled,
    sees: [
      ['DIS_CACHE', { efuse: burned('esp32', 'DIS_CACHE') }],
      ['DIS_ICACHE', { efuse: burned('esp32c3', 'DIS_ICACHE') }],
    ],
    passes: [
      ['one that is write-protected', { efuse: burned('esp32', 'wp DIS_CACHE') }],
      ['the cache of download mode', { efuse: burned('esp32c3', 'DIS_DOWNLOAD_ICACHE') }],
    ],
  },
  {
    rule: loaderClosedEarly,
    sees: [
      ['an S3 with nothing but a closed loader', { efuse: burned('esp32s3', 'ENABLE_SECURITY_DOWNLOAD') }],
      [
        'an ESP32 with its debugger open',
        { efuse: burned('esp32', 'FLASH_CRYPT_CNT=127, ABS_DONE_1, UART_DOWNLOAD_DIS') },
      ],
    ],
    passes: [
      ['an open loader', { efuse: burned('esp32s3', '') }],
      [
        'a C2 that is closed after all others',
        {
          efuse: burned(
            'esp32c2',
            'SPI_BOOT_CRYPT_CNT=7, SECURE_BOOT_EN, DIS_DOWNLOAD_MANUAL_ENCRYPT, DIS_DOWNLOAD_ICACHE, DIS_PAD_JTAG, ' +
              'DIS_DIRECT_BOOT, ENABLE_SECURITY_DOWNLOAD',
          ),
        },
      ],
    ],
  },
  {
    rule: flashKeyPlace,
    sees: [
      [
        'a flash key in the block that the S3 does not look at',
        { efuse: burned('esp32s3', 'key BLOCK_KEY5, KEY_PURPOSE_5=4') },
      ],
      ['half of a long key', { efuse: burned('esp32s3', 'key BLOCK_KEY0, KEY_PURPOSE_0=2') }],
      [
        'a short key beside a long one',
        { efuse: burned('esp32s3', 'KEY_PURPOSE_0=2, KEY_PURPOSE_1=3, KEY_PURPOSE_2=4') },
      ],
    ],
    passes: [
      ['a long key', { efuse: burned('esp32s3', 'KEY_PURPOSE_0=2, KEY_PURPOSE_1=3') }],
      ['a short key in the same block of an S2', { efuse: burned('esp32s2', 'key BLOCK_KEY5, KEY_PURPOSE_5=4') }],
      ['a digest there', { efuse: burned('esp32s3', 'key BLOCK_KEY5, KEY_PURPOSE_5=9') }],
    ],
  },
]);

for (const { name, run } of checks) test(name, run);
