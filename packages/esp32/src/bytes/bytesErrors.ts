import { type ErrorFactory, errorTable } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  BYTES_SHORT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {what} is cut short: its {field} at offset {offset} takes {needed} bytes, but only {left} follow.',
  },
  BYTES_LEFT_OVER: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {what} ends at offset {offset}, but {left} more bytes follow. Is it another kind of file?',
  },
} as const;

/** What is wrong with bytes before their format is known well enough to say more. Offsets are those in the file. */
export const bytesError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
