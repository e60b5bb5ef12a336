import { nvsKeysInClear } from '../../flash/findNvsAreas.ts';
import type { Rule } from '../../rule.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { keySector } from './nvsKeySectors.ts';

export const nvsKeysPlain: Rule = {
  id: 'nvs-keys-plain',
  title: 'The keys of NVS lie in flash in clear',
  meaning:
    'NVS encryption is worth nothing while its keys lie beside it: whoever reads the flash decrypts NVS. The partition nvs_keys is ' +
    'protected by flash encryption alone.',
  severity: 'critical',
  mend: [
    'Switch on flash encryption in release mode; the partition nvs_keys is then encrypted by the bootloader. It burns eFuses, which cannot be undone.',
    'Or, on chips with the HMAC peripheral, CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC=y: the keys are then derived from an eFuse and in no partition.',
    'Erase nvs and nvs_keys, and give the device new keys and passwords: these are lost.',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['flash'],
  check: ({ flash }) => {
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    return nvsKeysInClear(flash.value.bytes)
      .filter(({ isUniversal }) => !isUniversal)
      .map((sector) => keySector(flash, sector, 'NVS keys of 64 bytes with their CRC, in clear.'));
  },
};
