/** A timer that has been set; `cancel` is harmless when it has run already. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as a port: nothing in MkIoT asks the global clock, so a test owns time and a virtual board can run with a wrong
 * clock.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970. May jump. */
  now(): number;
  /** Milliseconds since some fixed moment. Never jumps; for durations and time-outs. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

/** Resolves after `delayMs` of `clock`, or at once when `signal` is aborted (it does not reject). */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      resolve();
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
