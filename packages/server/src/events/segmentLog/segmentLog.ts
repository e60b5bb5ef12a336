import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { FileSystem } from '../../runtime/fileSystem.ts';
import type { AppendObserver, EncodedOrigin, EventLog, EventPage, EventPlace } from '../eventLog.ts';
import type { EventLogReports } from '../eventLogReports.ts';
import { eventsError } from '../eventsErrors.ts';
import type { AppendBatch } from './appendBatch.ts';
import { CommitWatch, SLOW_COMMIT_MS } from './commitWatch.ts';
import { type CommitTarget, GroupCommit } from './groupCommit.ts';
import { recoverSegments, type RecoveredSegments } from './recoverSegments.ts';
import type { Segment } from './segment.ts';
import { SegmentReader } from './segmentReader.ts';
import { SegmentTable } from './segmentTable.ts';
import { SegmentWriter } from './segmentWriter.ts';

export interface SegmentLogOptions {
  /** Made if it is missing; the directory it is in must exist. */
  readonly directory: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly reports: EventLogReports;
  /** A segment that has this size gets no further batch. */
  readonly segmentBytes: number;
  /** With this much in memory the log is saturated. */
  readonly saturatingBytes: number;
}

const DEFAULT_READ_BYTES = 1_048_576;

/** An event log in files of its own: `<directory>/2026-11-22/<first sequence>-<salt>.events`. */
export class SegmentLog implements EventLog {
  readonly #options: SegmentLogOptions;
  readonly #segments: SegmentTable;
  readonly #writer: SegmentWriter;
  readonly #reader: SegmentReader;
  readonly #commits: GroupCommit;
  readonly #watch: CommitWatch;
  readonly #listeners = new Set<(lastCommitted: number) => void>();
  #lastCommitted: number;
  #problem: MkiotError | undefined;
  #slowness: MkiotError | undefined;

  /**
   * Opens the log and recovers what a crash has left. There must be no other one on the directory.
   *
   * @throws `EVENT_LOG_NEWER`, `EVENT_LOG_UNUSABLE`
   */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { directory, fileSystem, reports } = options;
    try {
      return new SegmentLog(options, await recoverSegments(directory, fileSystem, reports));
    } catch (error) {
      if (error instanceof MkiotError || !(error instanceof Error) || !('code' in error)) throw error;
      throw eventsError('EVENT_LOG_UNUSABLE', { directory, reason: error.message }, error);
    }
  }

  private constructor(options: SegmentLogOptions, recovered: RecoveredSegments) {
    this.#options = options;
    this.#segments = new SegmentTable(recovered.segments);
    this.#lastCommitted = recovered.lastSequence;
    this.#writer = new SegmentWriter(options, this.#segments);
    this.#reader = new SegmentReader(options.fileSystem, this.#segments, options.reports);
    const target: CommitTarget = {
      write: (batch) => this.#write(batch),
      repair: () => this.#writer.repair(),
      committed: () => this.#tellListeners(),
      healthChanged: (problem) => this.#healthChanged(problem as MkiotError | undefined),
    };
    this.#commits = new GroupCommit(target, options.clock, options.saturatingBytes);
    this.#watch = new CommitWatch(options.clock, (isSlow) => this.#speedChanged(isSlow));
  }

  append(
    origin: EncodedOrigin,
    subfolder: string,
    payload: Uint8Array,
    receivedAtMs: number,
    observer: AppendObserver | undefined,
    tag: number,
  ): void {
    this.#commits.append(origin, subfolder, payload, receivedAtMs, observer, tag);
  }

  get saturated(): boolean {
    return this.#commits.saturated;
  }

  onDrained(callback: () => void): void {
    this.#commits.onDrained(callback);
  }

  get problem(): MkiotError | undefined {
    return this.#problem;
  }

  get slowness(): MkiotError | undefined {
    return this.#slowness;
  }

  get waitingBytes(): number {
    return this.#commits.waitingBytes;
  }

  get lastCommitted(): number {
    return this.#lastCommitted;
  }

  get firstKept(): number {
    return this.#segments.all[0]?.header.firstSequence ?? this.#lastCommitted + 1;
  }

  async read(sequence: number, limit: number, maxBytes = DEFAULT_READ_BYTES): Promise<EventPage> {
    return this.#reader.read(Math.max(sequence, this.firstKept), this.#lastCommitted, limit, maxBytes);
  }

  async locate(sequence: number): Promise<EventPlace | undefined> {
    return sequence > this.#lastCommitted ? undefined : this.#reader.locate(sequence);
  }

  onCommitted(listener: (lastCommitted: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#commits.close();
    this.#watch.close();
    await this.#writer.close();
  }

  /** The segments, oldest first. The last one is written to. */
  get segments(): readonly Segment[] {
    return this.#segments.all;
  }

  /** Removes the oldest segment with all its events, unless it is the one that is written to. */
  async removeOldestSegment(): Promise<void> {
    const [oldest, second] = this.#segments.all;
    if (oldest === undefined || second === undefined) return;
    const { fileSystem } = this.#options;
    this.#segments.remove(oldest);
    try {
      await fileSystem.removeFile(oldest.file);
    } catch (error) {
      this.#segments.addOldest(oldest);
      throw error;
    }
    // The day stays while there is anything else in it.
    await fileSystem.removeDirectory(oldest.directory).catch(() => {});
  }

  async #write(batch: AppendBatch): Promise<void> {
    this.#watch.begun();
    try {
      await this.#writer.write(batch, this.#lastCommitted + 1);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw eventsError('EVENT_LOG_WRITE_FAILED', { directory: this.#options.directory, reason }, error);
    } finally {
      this.#watch.ended();
    }
    this.#lastCommitted += batch.events;
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener(this.#lastCommitted);
  }

  #healthChanged(problem: MkiotError | undefined): void {
    const before = this.#problem;
    this.#problem = problem;
    this.#tell(before, problem);
  }

  #speedChanged(isSlow: boolean): void {
    const before = this.#slowness;
    const context = { directory: this.#options.directory, seconds: SLOW_COMMIT_MS / 1_000 };
    this.#slowness = isSlow ? eventsError('EVENT_LOG_SLOW', context) : undefined;
    this.#tell(before, this.#slowness);
  }

  #tell(before: MkiotError | undefined, now: MkiotError | undefined): void {
    if (now !== undefined) this.#options.reports.problem(now);
    else if (before !== undefined) this.#options.reports.recovered(before);
  }
}
