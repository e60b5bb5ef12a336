import { type ErrorFactory, errorTable } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  BOOT_CHIP_UNKNOWN: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message:
      'The virtual chip does not know what an {chip} prints when it boots. It boots as ESP32, ESP32-S3 and ESP32-C3.',
  },
  TAG_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The image has the tag of a virtual {kind}, but {reason}. Build it again with this version of MkIoT.',
  },
  TAG_TOO_LONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The tag of a virtual {kind} takes {bytes} bytes; there is room for {maxBytes}.',
  },
} as const;

/** The errors of what boots on the virtual chip. What a real chip says on its console is no error of ours. */
export const bootError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
