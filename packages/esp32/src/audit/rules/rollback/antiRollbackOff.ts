import { isSwitchedOn } from '../../sdkconfig/security.ts';
import type { Rule } from '../../rule.ts';
import { OTA } from '../references.ts';
import { offSetting } from '../sdkconfig/offSetting.ts';

export const antiRollbackOff: Rule = {
  id: 'anti-rollback-off',
  title: 'An older firmware can be put back',
  meaning:
    'Whoever can write the flash, or send an update, installs your own signed firmware of last year, with the holes that you have closed since.',
  severity: 'medium',
  mend: [
    'CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y, with CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y, two OTA slots and no factory slot.',
    'Raise CONFIG_BOOTLOADER_APP_SECURE_VERSION only with a fix that must not be taken back: each step burns an eFuse bit for ever, and there are 4 (C2) to 32 (ESP32).',
  ],
  references: [OTA],
  needs: ['sdkconfig'],
  check: (subject) => {
    const judged = offSetting(subject, 'antiRollback');
    // Kconfig shows the option only under rollback: where that is off, this one is not named.
    if ('notJudged' in judged && isSwitchedOn(subject.sdkconfig, 'rollback') === false)
      return offSetting(subject, 'rollback');
    return judged;
  },
};
