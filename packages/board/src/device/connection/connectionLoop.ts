import { delay, type Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { advisedDelayMs, backOffDelayMs, type BackOffSettings, patientDelayMs } from './backOff.ts';
import { asksForPatience, retryAfterSecondsOf } from './serverReasons.ts';

/** How a session ended, or why there was none. */
export interface SessionEnd {
  /** How long the server kept the device, in milliseconds; 0 when it was never let in. */
  readonly heldMs: number;
  /** Undefined when the device ended it to begin a new one: then there is nothing to wait for. */
  readonly error: MkiotError | undefined;
}

/** A wait before the next try. */
export interface Retry {
  /** Counts from 1 since the last session that held. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: MkiotError;
}

export interface ConnectionLoopOptions {
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly backOff: BackOffSettings;
  /** A session that held this long proves the server well: the next back-off starts small again. */
  readonly heldMs: number;
  /** Runs one session to its end. Never rejects. */
  readonly runSession: (signal: AbortSignal) => Promise<SessionEnd>;
  /** Told before each wait. */
  readonly onRetry: (retry: Retry) => void;
}

/** Keeps a device connected until `signal` is aborted: session after session, with exponential back-off in between. */
export async function runConnectionLoop(options: ConnectionLoopOptions, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  let failures = 0;
  while (!signal.aborted) {
    const end = await options.runSession(signal);
    if (end.heldMs >= options.heldMs) failures = 0;
    if (end.error === undefined || signal.aborted) continue;
    const delayMs = delayBeforeMs(end.error, failures, options);
    failures += 1;
    options.onRetry({ attempt: failures, delayMs, error: end.error });
    await delay(clock, delayMs, signal);
  }
}

/** What the server has asked for counts before what the device would do on its own. */
function delayBeforeMs(
  error: MkiotError,
  failures: number,
  { random, backOff }: Pick<ConnectionLoopOptions, 'random' | 'backOff'>,
): number {
  const retryAfterSeconds = retryAfterSecondsOf(error);
  if (retryAfterSeconds !== undefined) return advisedDelayMs(retryAfterSeconds, random);
  return asksForPatience(error) ? patientDelayMs(backOff, random) : backOffDelayMs(backOff, failures, random);
}
