import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { EventLog } from './eventLog.ts';
import type { EventLogReports } from './eventLogReports.ts';

export interface StartCheckOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly reports: EventLogReports;
}

const PAGE_EVENTS = 1_000;
const PAGE_BYTES = 262_144;
/** Rest between two pages: the check may take its time, devices may not notice it. */
const REST_MS = 10;

/**
 * Reads, once and at leisure, every event that a start has found: the log tells what it finds damaged, with file and
 * offset, before a consumer misses it.
 */
export class StartCheck {
  readonly #options: StartCheckOptions;
  readonly #stopping = new AbortController();
  #checking: Promise<void> = Promise.resolve();

  constructor(options: StartCheckOptions) {
    this.#options = options;
  }

  start(): void {
    this.#checking = this.#check().catch((error: unknown) => {
      this.#options.reports.problem(error as MkiotError);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#checking;
  }

  /** Resolves when everything has been read. */
  done(): Promise<void> {
    return this.#checking;
  }

  async #check(): Promise<void> {
    const { log, clock } = this.#options;
    const { signal } = this.#stopping;
    const last = log.lastCommitted;
    for (let next = log.firstKept; next <= last && !signal.aborted;) {
      ({ next } = await log.read(next, PAGE_EVENTS, PAGE_BYTES));
      await delay(clock, REST_MS, signal);
    }
  }
}
