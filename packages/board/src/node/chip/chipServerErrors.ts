import { errorTable } from '@mkiot/core/errors/mkiotError';

/** What can go wrong between a virtual chip and the machine that it runs on. */
export const chipServerError = errorTable({
  SERIAL_PORT_TAKEN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The serial port cannot be offered at 127.0.0.1:{port}: {detail}. Name another port, or 0 for any.',
  },
  SOCAT_MISSING: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'A pseudo-terminal needs socat, which is not installed. Install it (on Debian: apt install socat), or offer the ' +
      'serial port with --serial tcp:3333 or rfc2217:3333.',
  },
  SOCAT_FAILED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'socat offered no pseudo-terminal: {detail}.',
  },
  CHIP_FLASH_FILE_SIZE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The flash file {file} has {bytes} bytes, which no flash has: a power of two from 64 KiB to 128 MiB. It is cut, or ' +
      'no image of a whole flash.',
  },
});
