import type { Rule } from '../../rule.ts';
import { bareNumbers } from '../../secrets/knownKeys.ts';
import { FLASH_ENCRYPTION, NVS_ENCRYPTION } from '../references.ts';
import { isInCoreDump, openSecrets, secretObservation } from './secretObservations.ts';

export const keyInClear: Rule = {
  id: 'key-in-clear',
  title: 'A private key can be read from the flash',
  meaning:
    'Whoever holds the device for a minute, or takes its flash off, has the key and is the device from then on. Flash encryption ' +
    'does not cover the partitions where sketches and libraries keep keys, unless they are made for it.',
  severity: 'critical',
  mend: [
    'Take the key as lost: give the device a new one and delete the old one wherever it is registered.',
    'Keep keys in NVS with CONFIG_NVS_ENCRYPTION=y and flash encryption in release mode, in a partition with the flag "encrypted", or better where no software reads them: the digital signature or ECDSA peripheral, a secure element.',
    'Erase the flash before the new key is written ("esptool erase-flash"): what was in clear stays there until its sector is erased.',
  ],
  references: [FLASH_ENCRYPTION, NVS_ENCRYPTION],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    const secrets = [...openSecrets(subject), ...bareNumbers(flash.value, subject.publicKeys)];
    return secrets
      .filter(({ kind, isLeftover, isSecureCert }) => kind === 'private-key' && !isLeftover && !isSecureCert)
      .filter(({ offset }) => !isInCoreDump(flash.value, offset))
      .map((secret) => secretObservation(subject, secret));
  },
};
