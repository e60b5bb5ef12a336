import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION, KCONFIG } from '../references.ts';
import { offSetting } from './offSetting.ts';

export const configFeOff: Rule = {
  id: 'config-fe-off',
  title: 'The firmware is built without flash encryption',
  meaning: 'Every device that gets this firmware keeps its flash readable to whoever holds it.',
  severity: 'high',
  mend: [
    'In "idf.py menuconfig", Security features: "Enable flash encryption on boot", usage mode "Release"; or CONFIG_SECURE_FLASH_ENC_ENABLED=y in sdkconfig.defaults.',
    'The first boot of such a firmware burns eFuses: it cannot be undone.',
  ],
  references: [FLASH_ENCRYPTION, KCONFIG],
  needs: ['sdkconfig'],
  check: (subject) => offSetting(subject, 'flashEncryption'),
};
