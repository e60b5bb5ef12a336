import { test } from 'node:test';
import { ruleChecks } from '../subject.testing.ts';
import { efuseVirtual } from './efuseVirtual.ts';
import { testMode } from './testMode.ts';

const OTHER_LINE = 'I (746) boot: ESP-IDF v4.2.2 2nd stage bootloader';

const checks = ruleChecks([
  {
    rule: efuseVirtual,
    sees: [
      ['the option', { sdkconfig: 'CONFIG_EFUSE_VIRTUAL=y' }],
      [
        'the warning of ESP-IDF 4.4',
        {
          log: 'W (1) boot: eFuse virtual mode is enabled. If Secure boot or Flash encryption is enabled then it does not provide any security. FOR TESTING ONLY!',
        },
      ],
      ['the warning of ESP-IDF 3.3', { log: 'W (1) efuse: Virtual efuses enabled: Not really burning eFuses' }],
    ],
    passes: [['the option switched off', { sdkconfig: '# CONFIG_EFUSE_VIRTUAL is not set' }]],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
  {
    rule: testMode,
    sees: [
      ['the option', { sdkconfig: 'CONFIG_SECURE_BOOT_TEST_MODE=y' }],
      ['the error', { log: 'E (1) secure_boot: SECURE BOOT TEST MODE. Not really burning any efuses! NOT SECURE' }],
    ],
    passes: [['an sdkconfig without it', { sdkconfig: 'CONFIG_SECURE_BOOT=y' }]],
    notJudged: [['a log without a word of it', { log: OTHER_LINE }]],
  },
]);

for (const { name, run } of checks) test(name, run);
