import type { Clock, Timer } from '@mkiot/core/clock/clock';

/** A commit that takes longer is slow: devices notice it. */
export const SLOW_COMMIT_MS = 1_000;
/** Commits that were quick for so long are quick again. */
const QUIET_MS = 60_000;

/** Notices when the disk is slow, also while it does not answer at all. */
export class CommitWatch {
  readonly #clock: Clock;
  readonly #changed: (isSlow: boolean) => void;
  #limit: Timer | undefined;
  #quiet: Timer | undefined;
  #isSlow = false;

  /** @param changed told when the disk becomes slow, and when it has been quick again for a minute */
  constructor(clock: Clock, changed: (isSlow: boolean) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** A commit begins; the one before it has ended. */
  begun(): void {
    this.#limit = this.#clock.setTimer(SLOW_COMMIT_MS, () => {
      this.#quiet?.cancel();
      this.#quiet = undefined;
      if (!this.#isSlow) this.#change(true);
    });
  }

  ended(): void {
    this.#limit?.cancel();
    if (this.#isSlow) this.#quiet ??= this.#clock.setTimer(QUIET_MS, () => this.#change(false));
  }

  close(): void {
    this.#limit?.cancel();
    this.#quiet?.cancel();
  }

  #change(isSlow: boolean): void {
    this.#isSlow = isSlow;
    this.#quiet = undefined;
    this.#changed(isSlow);
  }
}
