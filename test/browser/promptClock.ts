import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';

/**
 * Virtual time that passes by itself: as soon as somebody waits for a moment it comes. What nobody waits for takes no time,
 * however long it takes here, so a chip on this clock tells the same times everywhere.
 */
export class PromptClock implements Clock {
  readonly #time = new VirtualClock();

  now(): number {
    return this.#time.now();
  }

  monotonic(): number {
    return this.#time.monotonic();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer = this.#time.setTimer(delayMs, callback);
    const dueMs = this.monotonic() + Math.max(0, Math.ceil(delayMs));
    // In a turn of its own: whoever sets a timer may still cancel it.
    const turn = setTimeout(() => this.#time.advance(Math.max(0, dueMs - this.monotonic())), 0);
    return {
      cancel: () => {
        clearTimeout(turn);
        timer.cancel();
      },
    };
  }
}
