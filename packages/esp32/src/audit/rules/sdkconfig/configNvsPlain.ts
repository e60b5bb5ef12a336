import { isSwitchedOn } from '../../sdkconfig/security.ts';
import type { Rule } from '../../rule.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { offSetting } from './offSetting.ts';

export const configNvsPlain: Rule = {
  id: 'config-nvs-plain',
  title: 'NVS is not encrypted, although flash encryption is on',
  meaning:
    'Flash encryption never covers NVS. Wi-Fi passwords, keys and what Arduino calls Preferences or EEPROM lie readable in the flash ' +
    'of an "encrypted" device.',
  severity: 'high',
  mend: [
    'CONFIG_NVS_ENCRYPTION=y, and a partition "nvs_keys, data, nvs_keys, , 0x1000, encrypted" in the partition table; on chips with the HMAC peripheral CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC=y instead.',
    'Erase NVS once: what was written before stays readable. Give the device new keys.',
    'Partitions other than the default one need nvs_flash_secure_init_partition().',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['sdkconfig'],
  check: (subject) => {
    if (isSwitchedOn(subject.sdkconfig, 'flashEncryption') === false) return [];
    return offSetting(subject, 'nvsEncryption');
  },
};
