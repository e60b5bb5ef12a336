import { type ErrorFactory, errorTable } from '../errors/mkiotError.ts';

const ROWS = {
  SERVER_UNREACHABLE: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server did not answer {method} {path}: {reason}. Check that it runs and that its address is right.',
  },
  SERVER_ANSWER_MALFORMED: {
    status: 'INTERNAL',
    blame: 'peer',
    message: 'The answer to {method} {path} (HTTP {http}) has {reason}. Check that a MkIoT server is at this address.',
  },
  SERVER_STREAM_BROKEN: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message: 'The stream of the server broke at line {line}: {reason}. Start it again.',
  },
} as const;

/** What can go wrong between the client and the server, beside the errors that the server itself reports. */
export const clientError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
