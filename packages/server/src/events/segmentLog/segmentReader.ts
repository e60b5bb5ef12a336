import type { FileSystem } from '../../runtime/fileSystem.ts';
import type { EventPage, EventPlace, LoggedEvent } from '../eventLog.ts';
import type { EventLogReports } from '../eventLogReports.ts';
import { eventsError } from '../eventsErrors.ts';
import { readingAround } from './decayedSectors.ts';
import { decodeEvent } from './eventRecord.ts';
import { ReadingPlaces } from './readingPlaces.ts';
import { type ScannedRecord, scanSegment } from './scanSegment.ts';
import type { Segment } from './segment.ts';
import type { SegmentTable } from './segmentTable.ts';

const READERS_AT_ONCE = 2;

/** Reads committed events, each with a file descriptor of its own: readers and the writer never wait for each other. */
export class SegmentReader {
  readonly #fileSystem: FileSystem;
  readonly #segments: SegmentTable;
  readonly #reports: EventLogReports;
  readonly #places = new ReadingPlaces(READERS_AT_ONCE);

  constructor(fileSystem: FileSystem, segments: SegmentTable, reports: EventLogReports) {
    this.#fileSystem = fileSystem;
    this.#segments = segments;
    this.#reports = reports;
  }

  /** As `EventLog.read`, up to the event `through`. */
  async read(sequence: number, through: number, limit: number, maxBytes: number): Promise<EventPage> {
    const events: LoggedEvent[] = [];
    let bytes = 0;
    let next = sequence;
    let isFull = false;
    const take = (segment: Segment, record: ScannedRecord): boolean => {
      if (record.sequence < next) return true;
      if (record.sequence > through) return false;
      next = record.sequence + 1;
      const event = decodeEvent(record.buffer, record.start, record.end);
      if (event === undefined) {
        this.#tellDamage(segment, record.offset, record.end - record.start);
        return true;
      }
      events.push(event);
      bytes += event.payload.length;
      isFull = events.length >= limit || bytes >= maxBytes;
      return !isFull;
    };
    let segment = this.#segments.holding(sequence);
    while (segment !== undefined && segment.header.firstSequence <= through) {
      const current = segment;
      const isWhole = await this.#scan(current, next, (record) => take(current, record));
      if (isFull) return { events, next };
      segment = this.#segments.after(current);
      if (isWhole && segment !== undefined) this.#tellMissing(current, next, segment.header.firstSequence - 1);
    }
    return { events, next: Math.max(next, through + 1) };
  }

  async locate(sequence: number): Promise<EventPlace | undefined> {
    const segment = this.#segments.holding(sequence);
    if (segment === undefined) return undefined;
    let place: EventPlace | undefined;
    await this.#scan(segment, sequence, (record) => {
      if (record.sequence < sequence) return true;
      const { offset, start, end } = record;
      if (record.sequence === sequence) place = { file: segment.file, offset, length: end - start };
      return false;
    });
    return place;
  }

  /** @returns whether the segment was read up to its end, and that is the end of a record */
  async #scan(segment: Segment, sequence: number, visit: (record: ScannedRecord) => boolean): Promise<boolean> {
    const to = segment.durableBytes;
    try {
      const wholeUntil = await this.#places.during(async () => {
        const file = readingAround(await this.#fileSystem.open(segment.file, 'read'));
        try {
          return await scanSegment(file, segment, segment.index.atOrBefore(sequence), to, {
            record: visit,
            damage: (offset, bytes) => this.#report(segment, offset, bytes),
          });
        } finally {
          await file.close();
        }
      });
      if (wholeUntil !== undefined && wholeUntil < to) this.#tellDamage(segment, wholeUntil, to - wholeUntil);
      return wholeUntil === to;
    } catch (error) {
      // Retention removes a segment without asking its readers.
      if (!this.#segments.includes(segment)) return false;
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw eventsError('EVENT_LOG_READ_FAILED', { file: segment.file, reason }, error);
    }
  }

  #tellDamage(segment: Segment, offset: number, bytes: number): void {
    if (segment.learnDamage(offset, offset + bytes)) this.#report(segment, offset, bytes);
  }

  /** Between the end of a segment and the first event of the one after it. */
  #tellMissing(segment: Segment, first: number, last: number): void {
    const { file, durableBytes: offset } = segment;
    if (first > last || !segment.learnDamage(offset, Infinity)) return;
    this.#reports.problem(eventsError('EVENT_LOG_MISSING', { file, offset, first, last }));
  }

  #report(segment: Segment, offset: number, bytes: number): void {
    this.#reports.problem(eventsError('EVENT_LOG_DAMAGED', { file: segment.file, offset, bytes }));
  }
}
