import type { Rule } from '../../rule.ts';
import { KCONFIG, SECURE_BOOT_V2 } from '../references.ts';
import { offSetting } from './offSetting.ts';

export const configSbOff: Rule = {
  id: 'config-sb-off',
  title: 'The firmware is built without secure boot',
  meaning: 'Devices that get this firmware run any other that somebody writes to their flash.',
  severity: 'medium',
  mend: [
    'In "idf.py menuconfig", Security features: "Enable hardware Secure Boot in bootloader", version 2; or CONFIG_SECURE_BOOT=y and CONFIG_SECURE_BOOT_V2_ENABLED=y.',
    'The first boot of such a firmware burns eFuses: it cannot be undone, and from then on only firmware signed with your key runs.',
  ],
  references: [SECURE_BOOT_V2, KCONFIG],
  needs: ['sdkconfig'],
  check: (subject) => offSetting(subject, 'secureBoot'),
};
