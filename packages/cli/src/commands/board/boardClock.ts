import type { Clock } from '@mkiot/core/clock/clock';
import { type ClockSkew, SkewedClock } from '@mkiot/core/clock/skewedClock';
import { usageError } from '../../usageErrors.ts';

/** Clocks that a device wakes up with: without a battery, past the end of 32-bit time, without a crystal. */
const STARTS: Readonly<Record<string, ClockSkew>> = {
  '1970': { startMs: 0 },
  '2038': { startMs: 2 ** 31 * 1_000 },
  stopped: { isStopped: true },
};

/** Slower is as good as stopped, and a faster one only floods the server. */
const FACTORS = { min: 0.01, max: 1_000 } as const;

/** Reads `--clock`. @throws `ARGUMENT_WRONG` */
export function readClockSkew(text: string): ClockSkew {
  const start = Object.hasOwn(STARTS, text) ? STARTS[text] : undefined;
  if (start !== undefined) return start;
  const factor = /^drift=(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (factor === undefined || Number(factor) < FACTORS.min || Number(factor) > FACTORS.max) {
    const allowed = `1970, 2038, stopped, or drift=FACTOR with a factor from ${FACTORS.min} to ${FACTORS.max}`;
    throw usageError('ARGUMENT_WRONG', { argument: '--clock', value: text, allowed });
  }
  return { factor: Number(factor) };
}

/** The clock of boards that start now. */
export function boardClock(clock: Clock, skew: ClockSkew | undefined): Clock {
  return skew === undefined ? clock : new SkewedClock(clock, skew);
}
