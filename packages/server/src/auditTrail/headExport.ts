import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { AuditTrail } from './auditTrail.ts';

const HOUR_MS = 3_600_000;

/** A place outside the database that a head is written to: a file, best on another machine; the log. */
export type HeadPlace = (line: HeadLine) => Promise<void>;

export interface HeadLine {
  readonly timeMs: number;
  readonly head: string;
}

/**
 * Writes the head of the audit trail to places outside, at the start and every hour: with one of these heads a cut tail
 * can be seen that the trail itself cannot show.
 */
export class HeadExport {
  readonly #auditTrail: AuditTrail;
  readonly #clock: Clock;
  readonly #places: readonly HeadPlace[];
  readonly #onFailed: (error: unknown) => void;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param onFailed told why a place could not be written; the others still are, and the next hour tries again */
  constructor(auditTrail: AuditTrail, clock: Clock, places: readonly HeadPlace[], onFailed: (error: unknown) => void) {
    this.#auditTrail = auditTrail;
    this.#clock = clock;
    this.#places = places;
    this.#onFailed = onFailed;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.setTimer(HOUR_MS, () => this.start());
    this.#running = this.#running.then(() => this.#export());
  }

  /** Writes the head a last time and ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
    await this.#export();
  }

  async #export(): Promise<void> {
    try {
      const line = { timeMs: this.#clock.now(), head: await this.#auditTrail.head() };
      const results = await Promise.allSettled(this.#places.map((place) => place(line)));
      for (const result of results) if (result.status === 'rejected') this.#onFailed(result.reason);
    } catch (error) {
      this.#onFailed(error);
    }
  }
}
