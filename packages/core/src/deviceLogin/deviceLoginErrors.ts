import { errorTable, type ErrorFactory } from '../errors/mkiotError.ts';

const ROWS = {
  SIGNED_FIELD_LENGTH: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {field} of the bytes to sign has {found} bytes instead of {expected}.',
  },
  NONCE_MALFORMED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The nonce is neither a challenge (43 characters of base64url) nor a ticket (32 characters).',
  },
  CHALLENGE_MALFORMED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'A challenge has {expected} bytes; this one has {found}.',
  },
  CHALLENGE_RESPONSE_MALFORMED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'An answer is a binding flag, 0 or 1, and 64 bytes, r then s; this one has {bytes} bytes and the flag {flag}.',
  },
  SESSION_NOTICE_MALFORMED: {
    status: 'INTERNAL',
    blame: 'peer',
    message: 'The message about the session is not what docs/protocol.md says: {detail}.',
  },
} as const;

/** What can be wrong with what device and bridge say to each other about a login. Returned where it comes from outside. */
export const deviceLoginError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
