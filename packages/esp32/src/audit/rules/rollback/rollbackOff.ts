import type { Rule } from '../../rule.ts';
import { OTA } from '../references.ts';
import { offSetting } from '../sdkconfig/offSetting.ts';

export const rollbackOff: Rule = {
  id: 'rollback-off',
  title: 'A new firmware that fails is not taken back',
  meaning: 'An update that crashes or loses the network leaves the device dead: nobody can send it another.',
  severity: 'medium',
  mend: [
    'CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y (ESP-IDF 3.3: CONFIG_APP_ROLLBACK_ENABLE=y).',
    'Call esp_ota_mark_app_valid_cancel_rollback() once the new firmware has reached your server.',
    'The bootloader has to be built with it: devices in the field keep their old one.',
  ],
  references: [OTA],
  needs: ['sdkconfig'],
  check: (subject) => offSetting(subject, 'rollback'),
};
