import { errorTable } from '@mkiot/core/errors/mkiotError';

export const provisionError = errorTable({
  FIRMWARE_NOT_NAMED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'Say which firmware: --firmware with the folder of a build or a merged image, or --bootloader, --partitions and --app.',
  },
  FIRMWARE_NAMED_TWICE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'Give either --firmware, or --bootloader, --partitions and --app: they are two ways to name the firmware.',
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
