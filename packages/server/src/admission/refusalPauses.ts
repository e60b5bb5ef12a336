import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';
import { networkOf } from '../runtime/addressNetwork.ts';

/** So many failures in a row are answered at once. */
const FREE_FAILURES = 3;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** Who has not failed for so long begins anew. */
const FORGOTTEN_MS = 600_000;
const PAIRS_KEPT = 10_000;
const PAUSES_AT_A_TIME = 10_000;
/** A whole device name has room in it. Whoever claims a longer one shares the count of its beginning. */
const CLIENT_ID_CHARACTERS = 600;

interface Attempt {
  readonly clientId: string;
  readonly remoteAddress: string;
}

interface Failures {
  count: number;
  lastMs: number;
}

/**
 * Lets refused logins wait for their answer, longer each time, so that a device that tries without a break costs little. Counted by
 * address and claimed device, and only after the verdict: who has a right signature is never kept waiting, whatever others
 * have done from his address or under his name.
 */
export class RefusalPauses {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #failures = new RecentlyUsed<string, Failures>(PAIRS_KEPT);
  readonly #waiting = new Map<Timer, () => void>();

  /** @param loginMs the time for a login: the answer comes well within it */
  constructor(clock: Clock, loginMs: number) {
    this.#clock = clock;
    this.#longestMs = Math.min(LONGEST_PAUSE_MS, loginMs / 2);
  }

  /** How many refusals are held back now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Returns `outcome` when it may be told: a refusal after its pause, all else at once. */
  async before<Outcome extends object>(attempt: Attempt, outcome: Outcome): Promise<Outcome> {
    if (!('accepted' in outcome)) return outcome;
    const key = `${networkOf(attempt.remoteAddress)} ${attempt.clientId.slice(0, CLIENT_ID_CHARACTERS)}`;
    if (outcome.accepted === true) this.#failures.delete(key);
    else await this.#pause(this.#pauseMs(key));
    return outcome;
  }

  /** Tells all at once. */
  close(): void {
    for (const [timer, done] of this.#waiting) {
      timer.cancel();
      done();
    }
    this.#waiting.clear();
  }

  #pauseMs(key: string): number {
    const nowMs = this.#clock.monotonic();
    const known = this.#failures.get(key);
    const isFresh = known !== undefined && nowMs - known.lastMs < FORGOTTEN_MS;
    const failures = isFresh ? known : { count: 0, lastMs: nowMs };
    failures.count++;
    failures.lastMs = nowMs;
    this.#failures.set(key, failures);
    const paused = failures.count - FREE_FAILURES;
    return paused <= 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (paused - 1), this.#longestMs);
  }

  async #pause(pauseMs: number): Promise<void> {
    if (pauseMs === 0 || this.#waiting.size >= PAUSES_AT_A_TIME) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(pauseMs, () => {
        this.#waiting.delete(timer);
        resolve();
      });
      this.#waiting.set(timer, resolve);
    });
  }
}
