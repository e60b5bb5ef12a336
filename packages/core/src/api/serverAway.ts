import { MkiotError } from '../errors/mkiotError.ts';
import type { Status } from '../errors/status.ts';

const LATER: ReadonlySet<Status> = new Set<Status>(['UNAVAILABLE', 'RESOURCE_EXHAUSTED']);

/** Whether a call failed because the server is not there, or is there and not able to: later it may be. */
export function isServerAway(error: unknown): boolean {
  return error instanceof MkiotError && (LATER.has(error.status) || error.blame === 'peer');
}
