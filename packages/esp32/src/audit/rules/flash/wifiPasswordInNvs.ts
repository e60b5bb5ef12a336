import type { Rule } from '../../rule.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { openSecrets, secretObservation } from './secretObservations.ts';

export const wifiPasswordInNvs: Rule = {
  id: 'wifi-password-in-nvs',
  title: 'A Wi-Fi password can be read from NVS',
  meaning:
    'A device that is lost, sold or thrown away gives whoever finds it the network of its owner. The Wi-Fi driver of ESP-IDF writes ' +
    'the password to NVS by itself.',
  severity: 'high',
  mend: [
    'Switch on NVS encryption (CONFIG_NVS_ENCRYPTION=y with a partition nvs_keys, or the HMAC scheme), and erase NVS once.',
    'Or keep it out of flash: CONFIG_ESP_WIFI_NVS_ENABLED=n, or esp_wifi_set_storage(WIFI_STORAGE_RAM).',
    'Change the password of the network.',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['flash'],
  check: (subject) =>
    openSecrets(subject)
      .filter(({ kind }) => kind === 'wifi-password')
      .map((secret) => secretObservation(subject, secret)),
};
