import { CHALLENGE_LIFETIME_MS } from '@mkiot/core/deviceLogin/challenge';

/**
 * The challenges that have been used and could otherwise be used again. Bounded: when there are more than `capacity`, the
 * one used first is forgotten, and with it every challenge that is not younger counts as used.
 */
export class UsedChallenges {
  readonly #capacity: number;
  /** When a challenge was made, by its text; in the order of their use. */
  readonly #madeAtMs = new Map<string, number>();
  #forgottenUpToMs = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(challenge: string, madeAtMs: number): boolean {
    return madeAtMs <= this.#forgottenUpToMs || this.#madeAtMs.has(challenge);
  }

  add(challenge: string, madeAtMs: number, nowMs: number): void {
    this.#madeAtMs.set(challenge, madeAtMs);
    for (const [oldest, oldestMadeAtMs] of this.#madeAtMs) {
      const isExpired = nowMs - oldestMadeAtMs >= CHALLENGE_LIFETIME_MS;
      if (!isExpired && this.#madeAtMs.size <= this.#capacity) return;
      if (!isExpired) this.#forgottenUpToMs = Math.max(this.#forgottenUpToMs, oldestMadeAtMs);
      this.#madeAtMs.delete(oldest);
    }
  }
}
