import type { Clock, Timer } from './clock.ts';

/** How a clock is wrong. */
export interface ClockSkew {
  /** What it shows when it starts, milliseconds since 1970; default: what the right one shows. */
  readonly startMs?: number;
  /** How many of its seconds pass in one; default 1. */
  readonly factor?: number;
  /** It shows the time of its start for ever, as with a broken crystal; time-outs go on. */
  readonly isStopped?: boolean;
}

/** A clock that is wrong as those of devices are: it starts at another time, or its crystal is too fast or too slow. */
export class SkewedClock implements Clock {
  readonly #right: Clock;
  readonly #factor: number;
  readonly #startMs: number;
  readonly #startMonotonicMs: number;
  readonly #isStopped: boolean;

  /** @param right what time it is */
  constructor(right: Clock, { startMs, factor = 1, isStopped = false }: ClockSkew) {
    this.#right = right;
    this.#factor = factor;
    this.#isStopped = isStopped;
    this.#startMs = startMs ?? right.now();
    this.#startMonotonicMs = right.monotonic();
  }

  now(): number {
    return Math.round(this.#startMs + (this.#isStopped ? 0 : this.#elapsedMs()));
  }

  monotonic(): number {
    return this.#elapsedMs();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.#right.setTimer(delayMs / this.#factor, callback);
  }

  #elapsedMs(): number {
    return (this.#right.monotonic() - this.#startMonotonicMs) * this.#factor;
  }
}
