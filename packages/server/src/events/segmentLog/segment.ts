import { join } from 'node:path';
import { HEADER_BYTES, type SegmentHeader } from './segmentHeader.ts';
import { SegmentIndex } from './segmentIndex.ts';
import { formatSegmentName } from './segmentName.ts';

/** What is known of one segment file. */
export class Segment {
  readonly day: string;
  readonly header: SegmentHeader;
  readonly directory: string;
  readonly file: string;
  /** Bytes of it that are on disk for good; what may lie behind them counts for nothing. 0: not even the header. */
  durableBytes: number;
  readonly index: SegmentIndex;
  /** Places where bytes are damaged, and where they end. */
  readonly #damage = new Map<number, number>();

  constructor(logDirectory: string, day: string, header: SegmentHeader, durableBytes: number) {
    this.day = day;
    this.header = header;
    this.directory = join(logDirectory, day);
    this.file = join(this.directory, formatSegmentName(header));
    this.durableBytes = durableBytes;
    this.index = new SegmentIndex({ sequence: header.firstSequence, offset: HEADER_BYTES });
  }
  /** The end of the damage that begins at `offset`; `offset` itself when none is known there. */
  endOfDamage(offset: number): number {
    return this.#damage.get(offset) ?? offset;
  }

  /** Remembers damage; false when it was known. */
  learnDamage(from: number, to: number): boolean {
    const isNew = this.#damage.get(from) !== to;
    this.#damage.set(from, to);
    return isNew;
  }
}
