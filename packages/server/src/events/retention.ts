import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { EventLogReports } from './eventLogReports.ts';
import { eventsError } from './eventsErrors.ts';
import type { SegmentLog } from './segmentLog/segmentLog.ts';
import { endOfDayMs } from './segmentLog/segmentName.ts';

export interface RetentionOptions {
  readonly log: SegmentLog;
  readonly clock: Clock;
  readonly reports: EventLogReports;
  /** Events older than this go, up to a day later: only whole segments do. Milliseconds. */
  readonly maxAgeMs: number;
  /** While the log has more bytes than this, its oldest events go. */
  readonly maxBytes: number;
  /** Lowest sequence that somebody has a right to keep; Infinity when nobody has. */
  readonly holdFloor: () => Promise<number>;
}

const INTERVAL_MS = 60_000;

/** Removes old events: whole segments, the oldest first, never the one that is written to. */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #removing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Removes what is too old or too much, now and every minute. */
  start(): void {
    if (this.#isStopped) return;
    this.#removing = this.#removeReporting();
    this.#timer = this.#options.clock.setTimer(INTERVAL_MS, () => {
      void this.#removing.then(() => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#removing;
  }

  async #removeReporting(): Promise<void> {
    try {
      await this.#remove();
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
      this.#options.reports.problem(eventsError('EVENT_RETENTION_FAILED', { reason }, error));
    }
  }

  async #remove(): Promise<void> {
    const { log, clock, maxAgeMs, maxBytes, holdFloor } = this.#options;
    const floor = await holdFloor();
    const expiredBeforeMs = clock.now() - maxAgeMs;
    let bytes = log.segments.reduce((sum, segment) => sum + segment.durableBytes, 0);
    for (;;) {
      const [oldest, second] = log.segments;
      if (oldest === undefined || second === undefined || second.header.firstSequence > floor) return;
      if (endOfDayMs(oldest.day) > expiredBeforeMs && bytes <= maxBytes) return;
      await log.removeOldestSegment();
      bytes -= oldest.durableBytes;
    }
  }
}
