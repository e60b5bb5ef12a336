import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION } from '../references.ts';
import { isInCoreDump, openSecrets, secretObservation } from './secretObservations.ts';

export const urlWithCredentials: Rule = {
  id: 'url-with-credentials',
  title: 'A URL with a user name and a password can be read from the flash',
  meaning:
    'The password opens the broker, server or update place that the URL names, for whoever reads the flash or the image. URLs also ' +
    'end up in logs.',
  severity: 'high',
  mend: [
    'Change the password on the server.',
    'Let devices log in with a key of their own instead of a password in a URL; a password that has to be goes into encrypted NVS.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    return openSecrets(subject)
      .filter(({ kind, isLeftover }) => kind === 'url-credentials' && !isLeftover)
      .filter(({ offset }) => !isInCoreDump(flash.value, offset))
      .map((secret) => secretObservation(subject, secret));
  },
};
