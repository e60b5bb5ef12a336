import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { EventLogReports } from './eventLogReports.ts';
import { eventsError } from './eventsErrors.ts';
import type { Segment } from './segmentLog/segment.ts';
import type { SegmentLog } from './segmentLog/segmentLog.ts';
import { endOfDayMs } from './segmentLog/segmentName.ts';

/** Events that somebody has a right to keep. */
export interface Hold {
  /** Name of the subscription that holds them. */
  readonly subscription: string;
  /** Sequence of the first of them. */
  readonly from: number;
}

export interface RetentionOptions {
  readonly log: SegmentLog;
  readonly clock: Clock;
  readonly reports: EventLogReports;
  /** Events older than this go, up to a day later: only whole segments do. Milliseconds. */
  readonly maxAgeMs: number;
  /** While the log has more bytes than this, its oldest events go. */
  readonly maxBytes: number;
  /** The hold that begins first, if there is any. */
  readonly oldestHold: () => Promise<Hold | undefined>;
}

const INTERVAL_MS = 60_000;

/**
 * Removes old events: whole segments, the oldest first, never the one that is written to and never what is held. When a
 * hold makes the log too large, or keeps a full disk full, it says so.
 */
export class Retention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #removing: Promise<void> = Promise.resolve();
  #isStopped = false;
  #heldBytes = 0;
  #problem: MkiotError | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Bytes that would be gone but for a hold. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** That a hold makes the log too large or keeps the disk full; `undefined` when none does. */
  get problem(): MkiotError | undefined {
    return this.#problem;
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
    const { log, oldestHold } = this.#options;
    const hold = await oldestHold();
    const { segments } = log;
    const due = this.#dueSegments(segments);
    // The events of a segment end where those of the next begin.
    const free = due.filter(
      (_, index) => (segments[index + 1]?.header.firstSequence ?? Infinity) <= (hold?.from ?? Infinity),
    );
    const held = due.slice(free.length);
    for (let removed = 0; removed < free.length; removed++) await log.removeOldestSegment();
    this.#heldBytes = bytesOf(held);
    this.#tell(hold === undefined || held.length === 0 ? undefined : this.#complaint(hold));
  }

  /** The oldest segments that are too old, or too much. */
  #dueSegments(segments: readonly Segment[]): readonly Segment[] {
    const { clock, maxAgeMs, maxBytes } = this.#options;
    const expiredBeforeMs = clock.now() - maxAgeMs;
    let bytes = bytesOf(segments);
    const lasting = segments.slice(0, -1).findIndex((segment) => {
      if (endOfDayMs(segment.day) > expiredBeforeMs && bytes <= maxBytes) return true;
      bytes -= segment.durableBytes;
      return false;
    });
    return segments.slice(0, lasting < 0 ? -1 : lasting);
  }

  #complaint({ subscription }: Hold): MkiotError | undefined {
    const { log, maxBytes } = this.#options;
    const context = { subscription, held: this.#heldBytes, bytes: bytesOf(log.segments), max: maxBytes };
    if (log.problem?.context['reason'] === 'ENOSPC') return eventsError('EVENT_HOLD_FILLS_DISK', context);
    return context.bytes > maxBytes ? eventsError('EVENT_HOLD_EXCEEDS_SIZE', context) : undefined;
  }

  #tell(problem: MkiotError | undefined): void {
    const before = this.#problem;
    this.#problem = problem;
    if (before?.code === problem?.code) return;
    if (problem !== undefined) this.#options.reports.problem(problem);
    else if (before !== undefined) this.#options.reports.recovered(before);
  }
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { durableBytes }) => sum + durableBytes, 0);
}
