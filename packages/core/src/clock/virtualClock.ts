import type { Clock, Timer } from './clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to: for tests, and for boards that run faster than real time. */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #pending = new Set<PendingTimer>();

  /** @param startMs wall-clock time at the start, milliseconds since 1970 */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = startMs;
  }

  /** No timer is set: time would pass for nobody. */
  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  now(): number {
    return this.#wallOffsetMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  /** Whole milliseconds, as those of every platform: a remainder too small for the clock to move by would be set for ever. */
  setTimer(delayMs: number, callback: () => void): Timer {
    const timer: PendingTimer = {
      dueMs: this.#elapsedMs + Math.max(0, Math.ceil(delayMs)),
      order: this.#order++,
      callback,
    };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  /** Sets the wall clock without letting time pass, as a wrong or corrected clock does. */
  setWallClock(nowMs: number): void {
    this.#wallOffsetMs = nowMs - this.#elapsedMs;
  }

  /** Lets `durationMs` pass: every timer due in it runs, in the order of its moment. */
  advance(durationMs: number): void {
    const endMs = this.#elapsedMs + durationMs;
    for (let next = this.#nextUntil(endMs); next !== undefined; next = this.#nextUntil(endMs)) {
      this.#pending.delete(next);
      this.#elapsedMs = next.dueMs;
      next.callback();
    }
    this.#elapsedMs = endMs;
  }

  /** As {@link advance}, and lets promises settle after each timer. */
  async advanceAsync(durationMs: number): Promise<void> {
    const endMs = this.#elapsedMs + durationMs;
    await settlePromises();
    for (let next = this.#nextUntil(endMs); next !== undefined; next = this.#nextUntil(endMs)) {
      this.#pending.delete(next);
      this.#elapsedMs = next.dueMs;
      next.callback();
      await settlePromises();
    }
    this.#elapsedMs = endMs;
  }

  /**
   * Lets promises settle, and then time pass to the next timer, which runs; no time where none is due in `atMostMs` or at all.
   * Many times faster than {@link advanceAsync}, which also waits for a moment of real time: for timers that come closely.
   *
   * @returns whether a timer has run
   */
  async advanceToNextAsync(atMostMs: number): Promise<boolean> {
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    const next = this.#nextUntil(this.#elapsedMs + atMostMs);
    if (next === undefined) return false;
    this.#pending.delete(next);
    this.#elapsedMs = next.dueMs;
    next.callback();
    return true;
  }

  #nextUntil(endMs: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs > endMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/**
 * Lets chains of `await` move on. A macrotask runs after every queued microtask; there are two, because what waits for the
 * next turn of the event loop (Node's `setImmediate`) comes for certain only between them.
 */
async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  }
}

/** A turn of the event loop, as fast as there is one everywhere. */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
