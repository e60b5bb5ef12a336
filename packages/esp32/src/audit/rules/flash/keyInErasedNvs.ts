import type { Rule } from '../../rule.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { openSecrets, secretObservation } from './secretObservations.ts';

export const keyInErasedNvs: Rule = {
  id: 'key-in-erased-nvs',
  title: 'A key or token that was erased in NVS is still readable',
  meaning:
    'Erasing a value in NVS only marks it: its bytes stay in flash until the page is needed again. A key that was replaced, or a ' +
    'token from before NVS was encrypted, is there for whoever reads the flash.',
  severity: 'high',
  mend: [
    'Take what was there as lost, and replace it where it is registered.',
    'Erase the partition whole once ("esptool erase-region", or nvs_flash_erase() at a first start), and write its values again. Newer versions of ESP-IDF have nvs_purge_all(), which overwrites what was erased.',
    'Switch NVS encryption on before the first secret is written.',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['flash'],
  check: (subject) =>
    openSecrets(subject)
      .filter(({ kind, isLeftover }) => isLeftover && kind !== 'wifi-password')
      .map((secret) => secretObservation(subject, secret)),
};
