import { errorTable } from '@mkiot/core/errors/mkiotError';

/** What can go wrong with a board's folder and with its way to the server. */
export const nodeBoardError = errorTable({
  KEY_FILE_OPEN_TO_OTHERS: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device key {file} has mode {mode}: other users of this machine can read it. Remove it and let the device ' +
      'make a new one, or if you are sure that nobody has read it: chmod 600.',
  },
  KEY_FILE_INVALID: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The device key {file} is not an unencrypted P-256 private key in PEM. Restore it, or remove it and let the ' +
      'device make a new one; the new public key then has to be registered.',
  },
  BOARD_FILE_UNUSABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The board cannot use {file}: {detail}. Check that the folder is there, belongs to you and has room.',
  },
  CA_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The certificate authority is not one or more certificates in PEM. Get it from the server with ' +
      '"mkiot ca export". Without it no server could be trusted, so the board does not start.',
  },
  SERVER_UNREACHABLE: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'No connection to {host}:{port}: {detail}.',
  },
  SERVER_NOT_TRUSTED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'The server at {host}:{port} did not prove that it is {host}: {detail}. Nothing was sent to it. Either this is ' +
      'another server, or its certificate does not come from the certificate authority that this board was given.',
  },
  TICKET_FILE_INVALID: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The file {file} holds no enrolment ticket: one line, mkiot-ticket-…, as "mkiot registry tickets create" printed it.',
  },
  CHALLENGE_NOT_GIVEN: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The API at {url} gave no challenge for a login: {detail}.',
  },
  FLEET_DEVICE_TWICE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The fleet has the device id {device} twice; each device needs a folder of its own.',
  },
});
