import { errorTable } from '@mkiot/core/errors/mkiotError';

export const benchError = errorTable({
  BENCH_USAGE: { status: 'INVALID_ARGUMENT', blame: 'caller', message: '{message}' },
  BENCH_PROGRAM_MISSING: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The measurement needs the program {program}. On Debian: apt-get install {package}',
  },
  BENCH_BUN_MISSING: { status: 'FAILED_PRECONDITION', blame: 'caller', message: '{message}' },
  BENCH_TOO_FEW_CORES: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The measurement needs two cores, one for the server and one for the load; this process may use {cores}.',
  },
  BENCH_NOT_A_DISK: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The folder {folder} is on {fileSystem}, which is no disk: what it acknowledges is not durable. Run the ' +
      'measurement from a checkout that lies on a disk.',
  },
  BENCH_SERVER_FAILED: {
    status: 'INTERNAL',
    blame: 'us',
    message: '{server} ended while it was needed, with {exit}. It has said: {output}',
  },
  BENCH_SUBSCRIPTION_REFUSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message: '{server} has refused the subscription of the subscriber for whom it has to keep messages.',
  },
  BENCH_LOAD_FAILED: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The load "{load}" on {server} failed with {exit}. It has said: {output}',
  },
  LOAD_LOGIN_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The server has answered the CONNECT of {clientId} with {answer} instead of an accepting CONNACK.',
  },
  LOAD_CONNECTION_LOST: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server has ended the connection of {clientId} while it was under load.',
  },
  LOAD_TLS_UNEXPECTED: {
    status: 'INTERNAL',
    blame: 'peer',
    message: 'The TLS connection of {clientId} is not as the load has asked for: {what}.',
  },
});
