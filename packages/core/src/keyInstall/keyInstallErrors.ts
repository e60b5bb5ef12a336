import { errorTable, type ErrorFactory } from '../errors/mkiotError.ts';

const ROWS = {
  KEY_INSTALL_PAYLOAD_LONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A frame of key install carries at most {max} bytes, not {length}.',
  },
  KEY_INSTALL_FACTS_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The {field} of the factory data cannot be installed: a device needs its full name, a host, a port from 1 to 65535 and a certificate authority in PEM, of at most {max} bytes together.',
  },
  KEY_INSTALL_KEY_COUNT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A device takes 1 to {max} keys, not {count}.',
  },
  KEY_INSTALL_NO_ANSWER: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message:
      'The device did not answer "{request}" in {tries} tries. Either it is not in factory state (its boot log says so), or the line is too bad: check cable and baud rate.',
  },
  KEY_INSTALL_UNCONFIRMED: {
    status: 'ABORTED',
    blame: 'peer',
    message:
      'The device did not confirm the end of key install and may have stored its keys. Reset it: "key install closed, {digest}" in its boot log means that it has; in factory state install again.',
  },
  KEY_INSTALL_REFUSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message: 'The device refuses "{request}" ({refusal}): {reason}.',
  },
  KEY_INSTALL_ANSWER_WRONG: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message: 'The device answers "{request}" with something else. Its firmware speaks another version of key install.',
  },
  KEY_INSTALL_KEY_DIFFERS: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message: 'Key {number} of the device is not the one that was sent to it. Nothing was stored; install again.',
  },
  KEY_INSTALL_PROOF_WRONG: {
    status: 'PERMISSION_DENIED',
    blame: 'peer',
    message:
      'The device does not prove that it has key {number}: the signature is wrong. Nothing was stored; install again.',
  },
  KEY_INSTALL_ABORTED: {
    status: 'CANCELLED',
    blame: 'caller',
    message: 'Key install was ended during "{request}". Until its end nothing is stored on the device.',
  },
} as const;

/** The errors of key install. */
export const keyInstallError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
