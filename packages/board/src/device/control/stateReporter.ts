import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';

/** Publishes one state; true when the server has stored it. */
export type PublishState = () => Promise<boolean>;

/**
 * Reports the state: at the beginning of each session and when it has changed, at most once a second (the contract closes
 * the connection of who is faster). What changes meanwhile goes into the next report. The second is counted from the
 * acknowledgement, which is later than the moment from which the server counts it.
 */
export class StateReporter {
  readonly #clock: Clock;
  #publish: PublishState | undefined;
  #changed = true;
  #publishing = false;
  #allowedFromMs: number;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#allowedFromMs = clock.monotonic();
  }

  /** The state is not what was reported last. */
  changed(): void {
    this.#changed = true;
    this.#report();
  }

  /** A session is open; it ends when the function that is returned is called. */
  attach(publish: PublishState): () => void {
    this.#publish = publish;
    this.changed();
    return () => {
      this.#publish = undefined;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  #report(): void {
    if (!this.#changed || this.#publishing || this.#publish === undefined || this.#timer !== undefined) return;
    const waitMs = this.#allowedFromMs - this.#clock.monotonic();
    if (waitMs <= 0) {
      void this.#publishNow(this.#publish);
      return;
    }
    this.#timer = this.#clock.setTimer(waitMs, () => {
      this.#timer = undefined;
      this.#report();
    });
  }

  async #publishNow(publish: PublishState): Promise<void> {
    this.#changed = false;
    this.#publishing = true;
    const stored = await publish();
    this.#publishing = false;
    this.#allowedFromMs = this.#clock.monotonic() + LIMITS.stateIntervalMs;
    if (!stored) this.#changed = true;
    this.#report();
  }
}
