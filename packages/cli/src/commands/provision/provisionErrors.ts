import { errorTable } from '@mkiot/core/errors/mkiotError';

export const provisionError = errorTable({
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
