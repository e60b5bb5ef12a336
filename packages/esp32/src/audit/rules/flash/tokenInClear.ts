import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION, NVS_ENCRYPTION } from '../references.ts';
import { isInCoreDump, openSecrets, secretObservation } from './secretObservations.ts';

export const tokenInClear: Rule = {
  id: 'token-in-clear',
  title: 'A token or other credential can be read from the flash',
  meaning:
    'Whoever reads the flash uses the service in the name of the device, or in that of its maker where all devices have the same token.',
  severity: 'high',
  mend: [
    'Revoke the token where it was given out.',
    'Give each device a credential of its own, short-lived where the service has that, and keep it in encrypted NVS.',
    'A token in an app is in every device, and in every image that can be downloaded: take it out of the program.',
  ],
  references: [FLASH_ENCRYPTION, NVS_ENCRYPTION],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    return openSecrets(subject)
      .filter(({ kind, isLeftover }) => (kind === 'token' || kind === 'named-value') && !isLeftover)
      .filter(({ offset }) => !isInCoreDump(flash.value, offset))
      .map((secret) => secretObservation(subject, secret));
  },
};
