import { errorTable } from '@mkiot/core/errors/mkiotError';

export const bridgeWorkerError = errorTable({
  WORKERS_UNSUPPORTED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The setting workers is {workers}, which needs a system that lets several listeners share a port (SO_REUSEPORT, as on ' +
      'Linux); this one says {reason}. Set workers to 1.',
  },
  WORKER_NOT_STARTED: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'A bridge worker could not be started: {reason}. With the setting workers at 1 none is needed.',
  },
  WORKER_LOST: {
    status: 'UNAVAILABLE',
    blame: 'us',
    message: 'A bridge worker has ended, and with it the connections that it carried: {reason}.',
  },
});
