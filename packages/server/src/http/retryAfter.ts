import type { MkiotError } from '@mkiot/core/errors/mkiotError';

/** Of a platform that cannot do it now: what is wrong with a disk or a network takes some seconds at least. */
const UNAVAILABLE_SECONDS = 10;

/** The header Retry-After (RFC 9110, section 10.2.3) of an answer; `undefined` where waiting does not help. */
export function retryAfterHeader({ status, context }: MkiotError): string | undefined {
  const { retryAfterSeconds = status === 'UNAVAILABLE' ? UNAVAILABLE_SECONDS : undefined } = context;
  return typeof retryAfterSeconds === 'number' ? String(retryAfterSeconds) : undefined;
}
