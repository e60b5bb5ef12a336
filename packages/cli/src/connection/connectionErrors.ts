import { errorTable } from '@mkiot/core/errors/mkiotError';

export const connectionError = errorTable({
  NOT_CONNECTED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'No server was found: none runs here with the data folder {dataFolder}, and no login is saved. Start one with ' +
      '"mkiot up", name its folder with --data, or log in to one elsewhere with "mkiot login URL".',
  },
  NO_LOCAL_SERVER: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'No server runs here with the data folder {dataFolder}. This works on the machine of the server only; start it ' +
      'with "mkiot up", or name its folder with --data.',
  },
  CANNOT_CONNECT: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server {server} cannot be reached: {reason}. Check that it runs and that its address is right.',
  },
  SERVER_NOT_TRUSTED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'The server {server} showed a certificate that is not trusted: {reason}. If the server was set up anew, check ' +
      'its fingerprint with "mkiot ca show" on its own machine and log in again with "mkiot login URL"; otherwise ' +
      'somebody may be in between.',
  },
  TOKEN_MISSING: {
    status: 'UNAUTHENTICATED',
    blame: 'caller',
    message:
      'There is no API token for {server}. Log in with "mkiot login {server}", or give one in MKIOT_TOKEN or --token.',
  },
  CREDENTIALS_DAMAGED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The saved login in {file} is damaged. Log in again with "mkiot login URL".',
  },
  AUTHORITY_FILE_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The file {path} holds no certificate. Give the PEM file of the authority that "mkiot ca export" writes on the ' +
      'server.',
  },
  AUTHORITY_NOT_SHOWN: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'The server {server} does not show the authority that issued its certificate, so it cannot be checked. Write ' +
      'it to a file with "mkiot ca export" on the server and give that file with --ca.',
  },
});
