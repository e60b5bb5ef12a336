import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { WillRecord } from '../keptSessions/sessionStore.ts';
import type { Will } from './will.ts';

/** Longest wait of one timer: those of JavaScript count to 2^31 milliseconds, a session may last longer. */
const LONGEST_WAIT_MS = 86_400_000;

/** The will of a session's last connection. It ends once: it is published or deleted. */
export class SessionWill {
  readonly message: Will;
  #dueAtMs: number | undefined;
  #timer: Timer | undefined = undefined;
  #isOver = false;

  /** @param dueAtMs `undefined`: the connection is open */
  constructor(message: Will, dueAtMs?: number) {
    this.message = message;
    this.#dueAtMs = dueAtMs;
  }

  /** When it is to be published, wall clock; `undefined` while the connection is open. */
  get dueAtMs(): number | undefined {
    return this.#dueAtMs;
  }

  get record(): WillRecord {
    return { ...this.message, dueAtMs: this.#dueAtMs };
  }

  /** Calls `due` at `dueAtMs`, wall clock, unless it ends before. */
  waitUntil(dueAtMs: number, clock: Clock, due: () => void): void {
    this.stopWaiting();
    this.#dueAtMs = dueAtMs;
    const waitMs = Math.min(Math.max(dueAtMs - clock.now(), 0), LONGEST_WAIT_MS);
    this.#timer = clock.setTimer(waitMs, () => {
      if (clock.now() < dueAtMs) this.waitUntil(dueAtMs, clock, due);
      else due();
    });
  }

  /** The platform ends: who has stored it brings it again. */
  stopWaiting(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** @returns whether this was its end, and not an earlier call */
  end(): boolean {
    this.stopWaiting();
    const isFirst = !this.#isOver;
    this.#isOver = true;
    return isFirst;
  }
}
