import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { burned, observed, ruleChecks } from '../subject.testing.ts';
import { dlCacheOn } from './dlCacheOn.ts';
import { dlDecryptOn } from './dlDecryptOn.ts';
import { dlEncryptOn } from './dlEncryptOn.ts';
import { downloadModeOpen } from './downloadModeOpen.ts';

const warning = (text: string) => ({ log: `\u001b[0;33mW (195) flash_encrypt: ${text}\u001b[0m\r\n` });
const OTHER_LINE = 'I (746) boot: ESP-IDF v4.2.2 2nd stage bootloader';

const checks = ruleChecks([
  {
    rule: dlDecryptOn,
    sees: [
      ['the open eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT') }],
      ['the warning of the first boot', warning('Not disabling UART bootloader decryption - SECURITY COMPROMISED')],
      ['the warning of an app', warning('Not disabled UART bootloader decryption (set DISABLE_DL_DECRYPT->1)')],
    ],
    passes: [
      ['the burned eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, DISABLE_DL_DECRYPT') }],
      ['the line that tells of the burn', { log: 'I (1) flash_encrypt: Disable UART bootloader decryption...' }],
      ['a chip that has no such eFuse', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT') }],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: dlCacheOn,
    sees: [
      ['the open eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT') }],
      ['one of two open eFuses of the S3', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT, DIS_DOWNLOAD_ICACHE') }],
      ['the warning of the ESP32', warning('Not disabling UART bootloader MMU cache - SECURITY COMPROMISED')],
      ['the warning of later chips', warning('Not disabling UART bootloader cache - SECURITY COMPROMISED')],
    ],
    passes: [
      ['the burned eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, DISABLE_DL_CACHE') }],
      ['both of the S3', { efuse: burned('esp32s3', 'SPI_BOOT_CRYPT_CNT, DIS_DOWNLOAD_ICACHE, DIS_DOWNLOAD_DCACHE') }],
      ['the line that tells of the burn', { log: 'I (1) flash_encrypt: Disable UART bootloader MMU cache...' }],
    ],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: dlEncryptOn,
    sees: [
      ['the open eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT') }],
      ['the open eFuse of the C3', { efuse: burned('esp32c3', 'SPI_BOOT_CRYPT_CNT') }],
      ['the warning', warning('Not disabling UART bootloader encryption')],
    ],
    passes: [
      ['the burned eFuse', { efuse: burned('esp32', 'FLASH_CRYPT_CNT, DISABLE_DL_ENCRYPT') }],
      ['the burned eFuse of the C3', { efuse: burned('esp32c3', 'SPI_BOOT_CRYPT_CNT, DIS_DOWNLOAD_MANUAL_ENCRYPT') }],
    ],
  },
  {
    rule: downloadModeOpen,
    sees: [
      ['an ESP32 of revision 3', { efuse: burned('esp32', '') }],
      ['an older one, on which it can not be closed', { efuse: burned('esp32', 'UART_DOWNLOAD_DIS', 100) }],
      ['an S3', { efuse: burned('esp32s3', '') }],
      [
        'the warning of secure boot v2',
        { log: 'W (1) secure_boot_v2: UART ROM Download mode kept enabled - SECURITY COMPROMISED' },
      ],
      [
        'a ROM that waits for download',
        { log: 'rst:0x1 (POWERON),boot:0x0 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n' },
      ],
    ],
    passes: [
      ['an ESP32 of revision 3 that is closed', { efuse: burned('esp32', 'UART_DOWNLOAD_DIS') }],
      ['an S3 in secure download mode', { efuse: burned('esp32s3', 'ENABLE_SECURITY_DOWNLOAD') }],
      ['the line that tells of the burn', { log: 'I (1) secure_boot_v2: Enabling Security download mode...' }],
    ],
    notJudged: [['a log of a normal start', { log: 'rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)' }]],
  },
]);

for (const { name, run } of checks) test(name, run);

test('while flash encryption is off, what the loader could decrypt is of little matter', () => {
  assert.deepEqual(observed(dlDecryptOn, { efuse: burned('esp32', '') }), ['low']);
  assert.deepEqual(observed(dlDecryptOn, { efuse: burned('esp32', 'FLASH_CRYPT_CNT') }), ['critical']);
});

test('a recording of the ROM in download mode proves that it is open', async () => {
  const log = await readFile(new URL('../../vectors/bootlogs/rom-download-mode.log', import.meta.url), 'latin1');
  assert.deepEqual(observed(downloadModeOpen, { log }), ['medium']);
});

test('a recording of a first boot in development mode proves what stayed open, and only that', async () => {
  const log = await readFile(
    new URL('../../vectors/bootlogs/own-v5.1.4-dev-first-boot.log', import.meta.url),
    'latin1',
  );
  assert.deepEqual(observed(dlEncryptOn, { log }), ['high']);
  assert.deepEqual(observed(dlDecryptOn, { log }), []);
  assert.deepEqual(observed(dlCacheOn, { log }), []);
});
