import { errorTable } from '@mkiot/core/errors/mkiotError';

/** What is wrong with bytes before any format is known well enough to say more. Offsets count from the first byte of the file. */
export const bytesError = errorTable({
  BYTES_SHORT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The {what} is cut short: its {field} at offset {offset} takes {needed} bytes, but only {left} follow. ' +
      'Read it from the device again.',
  },
  BYTES_LEFT_OVER: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {what} ends at offset {offset}, but {left} more bytes follow. Is it another kind of file?',
  },
});
