import { X509Certificate } from 'node:crypto';

/**
 * What an operator should know about the time of a certificate; `undefined` while there is nothing. The certificates of
 * public authorities live from six days to a year, ours up to twenty, so "soon" is a part of their life.
 *
 * @param pem a certificate; anything behind it is not looked at
 */
export function validityComplaint(pem: string, nowMs: number): string | undefined {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  const lifeMs = validToDate.getTime() - validFromDate.getTime();
  const leftMs = validToDate.getTime() - nowMs;
  if (nowMs < validFromDate.getTime()) {
    return `it is valid from ${validFromDate.toISOString()} on, and clients refuse it until then: is the clock right?`;
  }
  if (leftMs < 0) return `it ended at ${validToDate.toISOString()}, and clients refuse it`;
  return leftMs < lifeMs / 6 ? `it ends at ${validToDate.toISOString()}` : undefined;
}
