import type { Clock } from '@mkiot/core/clock/clock';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';

const ADDRESSES_KEPT = 10_000;

/** Counts failures by address: who fails too often waits, and nobody waits because of somebody else. */
export class AttemptLimit {
  readonly windowMs: number;
  readonly #clock: Clock;
  readonly #failures: number;
  readonly #windows = new RecentlyUsed<string, { readonly startMs: number; failures: number }>(ADDRESSES_KEPT);

  /** @param failures so many in `windowMs` are let through */
  constructor(clock: Clock, failures: number, windowMs: number) {
    this.#clock = clock;
    this.#failures = failures;
    this.windowMs = windowMs;
  }

  isExceeded(address: string): boolean {
    return (this.#window(address)?.failures ?? 0) >= this.#failures;
  }

  fail(address: string): void {
    const window = this.#window(address);
    if (window === undefined) this.#windows.set(address, { startMs: this.#clock.monotonic(), failures: 1 });
    else window.failures++;
  }

  #window(address: string) {
    const window = this.#windows.get(address);
    return window !== undefined && this.#clock.monotonic() - window.startMs < this.windowMs ? window : undefined;
  }
}
