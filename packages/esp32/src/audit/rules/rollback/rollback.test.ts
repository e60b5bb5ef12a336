import { test } from 'node:test';
import { burned, partitionsOfCsv, ruleChecks } from '../subject.testing.ts';
import { antiRollbackOff } from './antiRollbackOff.ts';
import { antiRollbackUsedUp } from './antiRollbackUsedUp.ts';
import { rollbackOff } from './rollbackOff.ts';
import { singleAppSlot } from './singleAppSlot.ts';

const table = (...lines: readonly string[]) => ({ partitions: partitionsOfCsv(...lines) });

const checks = ruleChecks([
  {
    rule: rollbackOff,
    sees: [
      ['the option off', { sdkconfig: '# CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE is not set' }],
      ['the option of ESP-IDF 3.3 off', { sdkconfig: '# CONFIG_APP_ROLLBACK_ENABLE is not set' }],
    ],
    passes: [['the option on', { sdkconfig: 'CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y' }]],
    notJudged: [['a file that does not name it', { sdkconfig: 'CONFIG_SECURE_BOOT=y' }]],
  },
  {
    rule: antiRollbackOff,
    sees: [
      [
        'the option off',
        { sdkconfig: 'CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y\n# CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK is not set' },
      ],
      ['a file in which it is hidden', { sdkconfig: '# CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE is not set' }],
    ],
    passes: [['the option on', { sdkconfig: 'CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y' }]],
    notJudged: [['a file that names neither', { sdkconfig: 'CONFIG_SECURE_BOOT=y' }]],
  },
  {
    rule: antiRollbackUsedUp,
    sees: [['a C2 with its four bits burned', { efuse: burned('esp32c2', 'SECURE_VERSION=15') }]],
    passes: [
      ['a C2 with one left', { efuse: burned('esp32c2', 'SECURE_VERSION=7') }],
      ['an S3 with four', { efuse: burned('esp32s3', 'SECURE_VERSION=15') }],
    ],
  },
  {
    rule: singleAppSlot,
    sees: [
      ['a factory slot alone', table('factory, app, factory, 0x10000, 1M')],
      ['one OTA slot beside it', table('factory, app, factory, 0x10000, 1M', 'ota_0, app, ota_0, , 1M')],
    ],
    passes: [['two OTA slots', table('ota_0, app, ota_0, 0x10000, 1M', 'ota_1, app, ota_1, , 1M')]],
  },
]);

for (const { name, run } of checks) test(name, run);
