import type { Rule } from '../../rule.ts';
import { ESP_SECURE_CERT, FLASH_ENCRYPTION } from '../references.ts';
import { openSecrets, secretObservation } from './secretObservations.ts';

export const secureCertKeyInClear: Rule = {
  id: 'secure-cert-key-in-clear',
  title: 'The private key in esp_secure_cert is neither encrypted nor derived',
  meaning:
    'The partition is made for the identity of a device, but a key of the plain kind in it is only as safe as the flash: here it is ' +
    'readable.',
  severity: 'critical',
  mend: [
    'Take the key as lost and make a new one.',
    'On chips with the digital signature or HMAC peripheral: "configure_esp_secure_cert.py --configure_ds", or with ECDSA in eFuses. It burns eFuses, which cannot be undone.',
    'On the ESP32: give the partition the flag "encrypted" and flash encryption in release mode.',
  ],
  references: [ESP_SECURE_CERT, FLASH_ENCRYPTION],
  needs: ['flash'],
  check: (subject) =>
    openSecrets(subject)
      .filter(({ isSecureCert }) => isSecureCert)
      .map((secret) => secretObservation(subject, secret)),
};
