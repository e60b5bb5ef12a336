import { nvsKeysInClear } from '../../flash/findNvsAreas.ts';
import type { Rule } from '../../rule.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { keySector } from './nvsKeySectors.ts';

export const nvsUniversalKey: Rule = {
  id: 'nvs-universal-key',
  title: 'NVS is encrypted with keys that everybody has',
  meaning:
    'Betas of ESP-IDF 4.3, and any version that makes its keys while flash encryption is off, take a pattern for keys that is the ' +
    'same on every device: FF and EE, or FF, 99, EE and 88. Whoever reads the flash decrypts NVS.',
  severity: 'critical',
  versions: 'keys made by ESP-IDF 4.3-beta1, 4.3-beta2 and 4.4-dev, or with flash encryption off',
  mend: [
    'Update ESP-IDF, see that flash encryption is on before NVS is opened for the first time, and erase nvs and nvs_keys: the device then makes keys of its own.',
    'Take everything in NVS as lost: replace keys and passwords.',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['flash'],
  check: ({ flash }) => {
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    const opened = flash.value.nvs
      .filter(({ access }) => access === 'universal-keys')
      .map(({ region, offset, size, records }) => {
        const text = `Opens with the universal keys: ${records.length} values in "${region}".`;
        return { source: flash.source, text, offset, length: size };
      });
    const keys = nvsKeysInClear(flash.value.bytes)
      .filter(({ isUniversal }) => isUniversal)
      .map((sector) => keySector(flash, sector, 'The universal keys, with their CRC.'));
    return [...opened, ...keys];
  },
};
