import { type ErrorFactory, errorTable } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  AES_KEY_LENGTH_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'An AES key has 16 or 32 bytes here; this one has {bytes}.',
  },
  AES_BLOCKS_NOT_WHOLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'AES works on blocks of 16 bytes; {bytes} bytes are no whole number of them.',
  },
} as const;

/** Misuse of AES by the code around it. */
export const aesError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
