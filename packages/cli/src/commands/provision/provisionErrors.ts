import { errorTable } from '@mkiot/core/errors/mkiotError';

export const provisionError = errorTable({
  PORT_UNREACHABLE: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message: 'The serial port {port} cannot be opened: {detail}. Check its name, and that no other program has it.',
  },
  FLASH_KEYS_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The profile {profile} encrypts the flash: say with --flash-keys in which folder the keys of units are kept. Without the key a run that is cut cannot be finished.',
  },
});
