import type { Clock, Timer } from '@mkiot/core/clock/clock';

/** Aborts its signal after a time, unless it is disposed first: `using deadline = new Deadline(clock, 10_000)`. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: Timer;

  constructor(clock: Clock, delayMs: number) {
    this.#timer = clock.setTimer(delayMs, () => this.#controller.abort());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }
}
