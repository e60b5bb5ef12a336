import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burned, observed, partitionsOfCsv, ruleChecks, subjectOf } from '../subject.testing.ts';
import { configCoredumpToFlash } from './configCoredumpToFlash.ts';
import { configDebug } from './configDebug.ts';
import { configEfuseMismatch } from './configEfuseMismatch.ts';
import { configFeDev } from './configFeDev.ts';
import { configFeOff } from './configFeOff.ts';
import { configInsecureConnection } from './configInsecureConnection.ts';
import { configInsecureOptions } from './configInsecureOptions.ts';
import { configNvsPlain } from './configNvsPlain.ts';
import { configSbOff } from './configSbOff.ts';

const OTHER = 'CONFIG_IDF_TARGET="esp32"';
const setting = (...lines: readonly string[]) => ({ sdkconfig: [OTHER, ...lines].join('\n') });
const coredump = (flags: string) => partitionsOfCsv(`coredump, data, coredump, 0x310000, 64K, ${flags}`);

const checks = ruleChecks([
  {
    rule: configFeOff,
    sees: [
      ['the option off', setting('# CONFIG_SECURE_FLASH_ENC_ENABLED is not set')],
      ['the option of ESP-IDF 3 off', setting('# CONFIG_FLASH_ENCRYPTION_ENABLED is not set')],
    ],
    passes: [
      ['the option on', setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y')],
      [
        'the option on under its old name too',
        setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y', 'CONFIG_FLASH_ENCRYPTION_ENABLED=y'),
      ],
    ],
    notJudged: [['a file that does not name it', setting()]],
  },
  {
    rule: configFeDev,
    sees: [
      [
        'development mode',
        setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y', 'CONFIG_SECURE_FLASH_ENCRYPTION_MODE_DEVELOPMENT=y'),
      ],
      [
        'the insecure switch of ESP-IDF 3',
        setting('CONFIG_FLASH_ENCRYPTION_ENABLED=y', 'CONFIG_FLASH_ENCRYPTION_INSECURE=y'),
      ],
    ],
    passes: [
      ['release mode', setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y', 'CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y')],
      ['no encryption at all, which config-fe-off sees', setting('# CONFIG_SECURE_FLASH_ENC_ENABLED is not set')],
    ],
    notJudged: [['a file that names no mode', setting()]],
  },
  {
    rule: configSbOff,
    sees: [['the option off', setting('# CONFIG_SECURE_BOOT is not set')]],
    passes: [['the option on', setting('CONFIG_SECURE_BOOT=y')]],
    notJudged: [['a file that does not name it', setting()]],
  },
  {
    rule: configNvsPlain,
    sees: [
      [
        'NVS in clear beside flash encryption',
        setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y', '# CONFIG_NVS_ENCRYPTION is not set'),
      ],
    ],
    passes: [
      ['encrypted NVS', setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y', 'CONFIG_NVS_ENCRYPTION=y')],
      ['no encryption at all, which config-fe-off sees', setting('# CONFIG_SECURE_FLASH_ENC_ENABLED is not set')],
    ],
    notJudged: [['a file that does not name it', setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y')]],
  },
  {
    rule: configInsecureOptions,
    sees: [
      ['decryption over the serial line', setting('CONFIG_SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC=y')],
      ['its name in ESP-IDF 3', setting('CONFIG_FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_DECRYPT=y')],
      ['a check that is left out', setting('# CONFIG_SECURE_FLASH_CHECK_ENC_EN_IN_APP is not set')],
    ],
    passes: [
      ['the same switched off', setting('# CONFIG_SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC is not set')],
      ['the check switched on', setting('CONFIG_SECURE_FLASH_CHECK_ENC_EN_IN_APP=y')],
    ],
  },
  {
    rule: configInsecureConnection,
    sees: [['updates over HTTP', setting('CONFIG_ESP_HTTPS_OTA_ALLOW_HTTP=y')]],
    passes: [['updates over HTTPS only', setting('# CONFIG_ESP_HTTPS_OTA_ALLOW_HTTP is not set')]],
  },
  {
    rule: configDebug,
    sees: [['a GDB stub', setting('CONFIG_ESP_SYSTEM_PANIC_GDBSTUB=y')]],
    passes: [
      ['a panic that restarts', setting('CONFIG_ESP_SYSTEM_PANIC_PRINT_REBOOT=y', 'CONFIG_LOG_DEFAULT_LEVEL_INFO=y')],
    ],
  },
  {
    rule: configCoredumpToFlash,
    sees: [
      ['core dumps in flash', setting('CONFIG_ESP_COREDUMP_ENABLE_TO_FLASH=y')],
      [
        'a partition without the flag',
        { ...setting('CONFIG_ESP_COREDUMP_ENABLE_TO_FLASH=y'), partitions: coredump('') },
      ],
    ],
    passes: [
      ['none', setting('# CONFIG_ESP_COREDUMP_ENABLE_TO_FLASH is not set')],
      [
        'a partition that is encrypted',
        { ...setting('CONFIG_ESP_COREDUMP_ENABLE_TO_FLASH=y'), partitions: coredump('encrypted') },
      ],
    ],
    notJudged: [['a file that does not name it', setting()]],
  },
  {
    rule: configEfuseMismatch,
    sees: [
      [
        'encryption that was never switched on',
        { ...setting('CONFIG_SECURE_FLASH_ENC_ENABLED=y'), efuse: burned('esp32', '') },
      ],
      [
        'release mode on a chip in development mode',
        { ...setting('CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y'), efuse: burned('esp32', 'FLASH_CRYPT_CNT') },
      ],
      ['secure boot that is off', { ...setting('CONFIG_SECURE_BOOT=y'), efuse: burned('esp32c3', '') }],
      [
        'what the app says',
        {
          log: 'E (1) flash_encrypt: Mismatch found in security options in bootloader menuconfig and efuse settings. Device is not secure.',
        },
      ],
    ],
    passes: [
      [
        'a chip that is as it was built to be',
        {
          ...setting(
            'CONFIG_SECURE_FLASH_ENC_ENABLED=y',
            'CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y',
            'CONFIG_SECURE_BOOT=y',
          ),
          efuse: burned('esp32', 'FLASH_CRYPT_CNT=127, ABS_DONE_1'),
        },
      ],
      [
        'a chip and a firmware that are both open',
        { ...setting('# CONFIG_SECURE_BOOT is not set'), efuse: burned('esp32', '') },
      ],
    ],
    notJudged: [['an sdkconfig alone', setting('CONFIG_SECURE_BOOT=y')]],
  },
]);

for (const { name, run } of checks) test(name, run);

test('each option has its own severity, and one that stands under two names is told once', () => {
  const lines = [
    'CONFIG_SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC=y',
    'CONFIG_SECURE_BOOT_ALLOW_ROM_BASIC=y',
    'CONFIG_FLASH_ENCRYPTION_UART_BOOTLOADER_ALLOW_DECRYPT=y',
  ];
  assert.deepEqual(observed(configInsecureOptions, setting(...lines)), ['critical', 'medium']);
});

test('evidence names the line', () => {
  const judged = configSbOff.check(subjectOf(setting('', '# CONFIG_SECURE_BOOT is not set')));
  assert.ok(!('notJudged' in judged));
  assert.deepEqual(judged, [
    {
      source: 'sdkconfig',
      line: 3,
      field: 'CONFIG_SECURE_BOOT',
      text: 'The sdkconfig says "# CONFIG_SECURE_BOOT is not set".',
    },
  ]);
});
