import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { randomFraction } from '../randomFraction.ts';

/** How long a device waits before it tries again. Times in milliseconds. */
export interface BackOffSettings {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** What IoT Core asks of devices: 1 s, doubling to 64 s. */
export const BACK_OFF: BackOffSettings = { firstMs: 1_000, maxMs: 64_000 };

const LONGEST_ADVICE_SECONDS = 600;

/**
 * Milliseconds to wait before try number `attempt` (the first repetition is 0). Full jitter: anything from 0 to the
 * doubled bound, so that a fleet which lost its server together does not come back together.
 */
export function backOffDelayMs(settings: BackOffSettings, attempt: number, random: RandomFill): number {
  return randomFraction(random) * backOffBoundMs(settings, attempt);
}

/** Milliseconds to wait when the server has asked to be left alone: the upper half of the longest wait. */
export function patientDelayMs({ maxMs }: BackOffSettings, random: RandomFill): number {
  return maxMs * (0.5 + randomFraction(random) / 2);
}

/**
 * Milliseconds to wait when the server has said in how many seconds it wants the device back: so long, and up to a second
 * more, for it said the same to others. A server that sends a device away for longer than ten minutes is not believed.
 */
export function advisedDelayMs(retryAfterSeconds: number, random: RandomFill): number {
  return (Math.min(retryAfterSeconds, LONGEST_ADVICE_SECONDS) + randomFraction(random)) * 1_000;
}

/** The longest that {@link backOffDelayMs} answers for `attempt`. */
export function backOffBoundMs(settings: BackOffSettings, attempt: number): number {
  return Math.min(settings.maxMs, settings.firstMs * 2 ** attempt);
}
