import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';

/**
 * One state a second for each device, with a short burst or without: the generic cell rate algorithm, which needs one
 * number a device. Counted by device and not by connection, or coming back would start anew.
 */
export class StateRate {
  readonly #clock: Clock;
  /** By numeric id: the moment from which the device has its whole burst again. Absent: it has. */
  readonly #wholeAgainMs = new Map<number, number>();
  #sweepAtSize = 1_000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param strict exactly one a second, as IoT Core had it */
  allows(numId: number, strict: boolean): boolean {
    const nowMs = this.#clock.monotonic();
    const burst = strict ? 1 : LIMITS.stateBurst;
    const wholeAgainMs = Math.max(this.#wholeAgainMs.get(numId) ?? nowMs, nowMs);
    if (wholeAgainMs - nowMs > (burst - 1) * LIMITS.stateIntervalMs) return false;
    this.#wholeAgainMs.set(numId, wholeAgainMs + LIMITS.stateIntervalMs);
    if (this.#wholeAgainMs.size > this.#sweepAtSize) this.#sweep(nowMs);
    return true;
  }

  /** Forgets the devices that are as good as new; what is left doubles before the next sweep. */
  #sweep(nowMs: number): void {
    for (const [numId, wholeAgainMs] of this.#wholeAgainMs) {
      if (wholeAgainMs <= nowMs) this.#wholeAgainMs.delete(numId);
    }
    this.#sweepAtSize = Math.max(1_000, this.#wholeAgainMs.size * 2);
  }
}
