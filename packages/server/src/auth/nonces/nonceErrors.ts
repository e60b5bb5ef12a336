import { errorTable } from '@mkiot/core/errors/mkiotError';

const unauthenticated = (message: string) => ({ status: 'UNAUTHENTICATED', blame: 'peer', message }) as const;

/** Why a nonce proves nothing. The operator reads these, never the device. */
export const nonceError = errorTable({
  CHALLENGE_FOREIGN: unauthenticated(
    'The challenge was not made for this client id since the platform started. Ask for a new one.',
  ),
  CHALLENGE_EXPIRED: unauthenticated('The challenge is {ageS} s old; it has to be answered within {lifetimeS} s.'),
  CHALLENGE_USED: unauthenticated(
    'The challenge has been used: each is good for one login. Was an old login sent again?',
  ),
  TICKET_DEAD: unauthenticated(
    'The ticket is neither the one that the device acknowledged last nor the one after it. Was an old login sent again?',
  ),
  TICKET_OVER_HTTP: unauthenticated(
    'A ticket opens MQTT sessions only: over HTTP nothing acknowledges its successor, and it would be good for ever. Use a ' +
      'challenge.',
  ),
  NONCE_REQUIRED: unauthenticated(
    'The token is fresh by the clock of the device only, and its registry requires a nonce (policy.deviceLogin).',
  ),
  EXPORTER_REQUIRED: unauthenticated(
    'Nothing binds the login to its TLS connection, and the registry of the device requires that (policy.deviceLogin): log ' +
      'in by enhanced authentication over MQTT 5.0 and TLS 1.3.',
  ),
  EXPORTER_MISSING: unauthenticated(
    'The device has bound its answer to the TLS connection, which has no exporter to check it with: it is not TLS 1.3.',
  ),
});
