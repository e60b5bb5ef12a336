import type { ProblemResponse } from '@mkiot/core/api/resources';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type Status, STATUSES } from '@mkiot/core/errors/status';
import { httpError } from './httpErrors.ts';
import { RequestInvalidError } from './requestInvalidError.ts';

export interface Problem {
  readonly http: number;
  readonly body: ProblemResponse;
}

/** Statuses that say that we have failed; what went wrong is for the log only. */
const OUR_FAILURES: ReadonlySet<Status> = new Set(['INTERNAL', 'UNKNOWN', 'DATA_LOSS']);

/** Whether the caller may see this error's text. */
export function isForCaller(error: unknown): error is MkiotError {
  return error instanceof MkiotError && !OUR_FAILURES.has(error.status);
}

/** An error as Google's APIs answer it. `details` begins with an ErrorInfo whose `reason` is the stable code. */
export function problemOf(error: MkiotError): Problem {
  const { http } = STATUSES[error.status];
  const metadata = Object.entries(error.context).filter(([, value]) => value !== undefined);
  const errorInfo = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: error.code,
    domain: 'mkiot',
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name, String(value)])),
  };
  const badRequest =
    error instanceof RequestInvalidError
      ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: error.fieldViolations }]
      : [];
  return {
    http,
    body: {
      error: { code: http, message: error.message, status: error.status, details: [errorInfo, ...badRequest] },
    },
  };
}

/** What the caller learns of an error that is not for them: an id under which the log has it. */
export function internalProblem(errorId: string): Problem {
  return problemOf(httpError('INTERNAL', { errorId }));
}
