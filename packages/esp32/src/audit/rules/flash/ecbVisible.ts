import { toHexOffset } from '../../../bytes/hexOffset.ts';
import { equalRows } from '../../flash/equalRows.ts';
import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION } from '../references.ts';
import { regionAt } from './secretObservations.ts';

export const ecbVisible: Rule = {
  id: 'ecb-visible',
  title: 'Equal data is equal in encrypted flash too',
  meaning:
    'With FLASH_CRYPT_CONFIG 0 every row of flash is encrypted alike, whatever its address. What repeats shows, rows can be moved ' +
    'about, and who can write some plaintext has a dictionary for the rest.',
  severity: 'high',
  mend: [
    'It cannot be mended on this device once FLASH_CRYPT_CONFIG is write-protected. Otherwise: "espefuse burn-efuse FLASH_CRYPT_CONFIG 0xf", then write all encrypted partitions again. It cannot be undone.',
    'ESP-IDF burns 0xf itself when it enables flash encryption; who burns the key from a host burns it too.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['flash'],
  check: ({ flash }) => {
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    if (!flash.value.sectors.includes('encrypted')) return [];
    return equalRows(flash.value).map(({ offset, equals }) => {
      const region = regionAt(flash.value, offset);
      const text = `The 32 bytes here equal those at ${toHexOffset(equals)}, although both are ciphertext.`;
      return { source: flash.source, text, offset, length: 32, ...(region?.partition && { partition: region.name }) };
    });
  },
};
