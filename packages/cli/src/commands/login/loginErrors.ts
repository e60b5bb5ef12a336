import { errorTable } from '@mkiot/core/errors/mkiotError';

export const loginError = errorTable({
  FINGERPRINT_OTHER: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'The server {server} shows another certificate authority: its fingerprint is {found}, expected was {expected}. ' +
      'Nothing was sent. Either it is another server, or somebody is in between.',
  },
  FINGERPRINT_UNCONFIRMED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'Nobody can be asked whether the certificate authority of {server} is the right one; its fingerprint is {found}. ' +
      'Nothing was sent. Compare it with "mkiot ca show" on the server, then give the right one with --fingerprint.',
  },
  FINGERPRINT_REFUSED: {
    status: 'CANCELLED',
    blame: 'caller',
    message:
      'You did not confirm the certificate authority of {server}. Nothing was sent. If the fingerprints differ, it is ' +
      'another server, or somebody is in between.',
  },
  LOGIN_TOKEN_EMPTY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'There is no token to log in with. Give the whole set-up link, https://HOST:8443/setup#CODE, or write an API ' +
      'token to the standard input.',
  },
});
