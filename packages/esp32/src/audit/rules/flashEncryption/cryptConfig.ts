import { flashEncryptionState, readFuses } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

const ALL_TWEAKED = 0xf;

export const cryptConfig: Rule = {
  id: 'crypt-config',
  title: 'Flash encryption does not mix the address into the whole key',
  meaning:
    'With FLASH_CRYPT_CONFIG 0 equal data gives equal ciphertext at every address: patterns show, and blocks can be moved from ' +
    'one place to another. With a value below 0xF this holds in part.',
  severity: 'critical',
  chips: ['esp32'],
  mend: [
    'Do not burn FLASH_CRYPT_CONFIG alone on a device whose flash is encrypted already: all of it becomes unreadable. Write the firmware again with it, encrypted with --flash-crypt-conf 0xF. In development mode that works over the cable; in release mode the device has to be replaced.',
    'On new devices burn it before the firmware is encrypted: "espefuse burn-efuse FLASH_CRYPT_CONFIG 0xF". It cannot be undone.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check,
};

function check({ efuse, bootLog }: AuditSubject): Judgement {
  const said = whatLogSays(bootLog, 'keyTweak');
  const state = efuse === undefined ? undefined : flashEncryptionState(efuse.value);
  const [tweak] = efuse === undefined ? [] : readFuses(efuse.value, 'keyTweak');
  if (efuse === undefined || state === undefined || tweak === undefined) {
    if (said !== undefined) return said.isWrong ? said.lines : [];
    return { notJudged: 'FLASH_CRYPT_CONFIG is not told. Give the output of "espefuse summary".' };
  }
  if (!state.isOn || tweak.value === ALL_TWEAKED) return [];
  const observation = fuseObservation(efuse, tweak, 'It has to be 15 (0xF).');
  return [tweak.value === 0 ? observation : { ...observation, severity: 'high' }];
}
