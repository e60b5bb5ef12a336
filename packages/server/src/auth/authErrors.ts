import { errorTable } from '@mkiot/core/errors/mkiotError';

export const authError = errorTable({
  TOKEN_MISSING: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message: 'This call needs an API token: send it in the header "Authorization: Bearer mkiot_…".',
  },
  TOKEN_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message:
      'The API token is not accepted. Use one that was issued here, has not been revoked and has not expired; the log ' +
      'of the server says what is wrong with this one.',
  },
  TOKEN_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is no API token {token}. "mkiot token list" shows those there are.',
  },
  TOKEN_EXCEEDS_CALLER: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message: 'A token cannot be made with more rights than the caller has: {excess}.',
  },
  TOKEN_NAME_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The name of a token has 1 to {max} printable characters; this one is not like that.',
  },
  TOKEN_EXPIRY_PAST: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The token would have expired before it was made: give an expireTime that is still to come.',
  },
  TOKEN_REGISTRY_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The registry of a token is given as projects/PROJECT/locations/LOCATION/registries/REGISTRY.',
  },
  FAILED_LOGIN_PAGE_TOKEN_MALFORMED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The pageToken is none of this list. Give the nextPageToken of the page before, or none for the first page.',
  },
  SETUP_CODE_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message:
      'The set-up code is not accepted: it works once, for an hour, and only until the next one is made. ' +
      '"mkiot setup-link" on the server makes a new one.',
  },
  SETUP_ATTEMPTS_EXCEEDED: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message: 'Too many wrong set-up codes came from this address. Wait {minutes} minutes.',
  },
});
