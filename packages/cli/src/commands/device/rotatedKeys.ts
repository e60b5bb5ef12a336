import type { DeviceCredential } from '@mkiot/core/api/resources';
import { usageError } from '../../usageErrors.ts';

/**
 * The keys of a device after a rotation: dead ones are left out, and the first ends after `graceMs`, unless it ends before. One that
 * lives longer than the first must be there to go on with. @throws `KEY_WITHOUT_NEXT`
 */
export function rotatedKeys(
  credentials: readonly DeviceCredential[],
  nowMs: number,
  graceMs: number,
): readonly DeviceCredential[] {
  const live = credentials.filter((credential) => endOf(credential) > nowMs);
  const [first, ...next] = live;
  const endMs = nowMs + graceMs;
  if (first === undefined || !next.some((credential) => endOf(credential) > endMs)) {
    throw usageError('KEY_WITHOUT_NEXT', { live: live.length });
  }
  if (graceMs === 0) return next;
  return [{ ...first, expirationTime: new Date(Math.min(endMs, endOf(first))).toISOString() }, ...next];
}

function endOf({ expirationTime }: DeviceCredential): number {
  return expirationTime === undefined ? Infinity : Date.parse(expirationTime);
}
