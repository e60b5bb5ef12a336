import { errorTable } from '@mkiot/core/errors/mkiotError';

export const provisionError = errorTable({
  PORT_UNREACHABLE: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message: 'The serial port {port} cannot be opened: {detail}. Check its name, and that no other program has it.',
  },
  BOOK_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The profile {profile} encrypts the flash: say with --book in which folder the keys of units are kept. Without the key a run that is cut cannot be finished.',
  },
  UNIT_PAGE_DAMAGED: {
    status: 'DATA_LOSS',
    blame: 'caller',
    message:
      'The page {path} of the book is no JSON object: somebody else has written it. Put it back as it was; without it a unit that has its keys is not known again.',
  },
});
