import type { OpenFile } from '../../runtime/fileSystem.ts';
import { MAX_RECORD_BYTES, MIN_RECORD_BYTES, type RecordBuffer, readRecord, recordBufferOf } from './eventRecord.ts';
import type { Segment } from './segment.ts';
import type { RecordPosition } from './segmentIndex.ts';

/** A whole record that a scan has found. `buffer` is the scan's own: valid only during the visit. */
export interface ScannedRecord {
  readonly buffer: RecordBuffer;
  /** Begin and end in `buffer`. */
  readonly start: number;
  readonly end: number;
  readonly sequence: number;
  /** Begin in the file. */
  readonly offset: number;
}

export interface ScanVisitor {
  /** Called for each whole record, in order; false ends the scan. */
  record(record: ScannedRecord): boolean;
  /** Called once for each place that is found damaged and has a whole record after it. */
  damage(offset: number, bytes: number): void;
}

/**
 * Walks over the whole records of a segment from `from` to the byte `to`, every checksum verified. Where there is none, it
 * looks for the next one byte by byte. What it learns of positions and damage it leaves in the segment.
 *
 * @returns the end of the last whole record, or `undefined` if the visitor ended the scan
 */
export async function scanSegment(
  file: OpenFile,
  segment: Segment,
  from: RecordPosition,
  to: number,
  visitor: ScanVisitor,
): Promise<number | undefined> {
  const window = new Window(file, to);
  let minSequence = from.sequence;
  let wholeUntil = from.offset;
  let offset = segment.endOfDamage(from.offset);
  while (offset < to) {
    const inWindow = offset - window.start;
    // Sequences grow by one a record, so damage can have swallowed no more of them than there was room for.
    const maxSequence = minSequence + Math.floor((offset - wholeUntil) / MIN_RECORD_BYTES);
    const reading = readRecord(window.buffer, inWindow, window.bytes, minSequence, maxSequence, segment.header.salt);
    if (reading.kind === 'record') {
      if (offset > wholeUntil && segment.learnDamage(wholeUntil, offset))
        visitor.damage(wholeUntil, offset - wholeUntil);
      const { sequence, end } = reading;
      segment.index.learn(sequence, offset);
      wholeUntil = window.start + end;
      if (!visitor.record({ buffer: window.buffer, start: inWindow, end, sequence, offset })) return undefined;
      offset = segment.endOfDamage(wholeUntil);
      minSequence = sequence + 1;
    } else if (reading.kind === 'incomplete' && window.end < to) {
      await window.load(offset, reading.bytesNeeded);
    } else {
      offset += 1;
    }
  }
  return wholeUntil;
}

const SMALLEST_LOAD = 65_536;
const LARGEST_LOAD = 2 * MAX_RECORD_BYTES;

/** The part of a file that is in memory. It grows with each load: who reads on will read far. */
class Window {
  readonly #file: OpenFile;
  readonly #to: number;
  buffer: RecordBuffer = recordBufferOf(Buffer.alloc(0));
  start = 0;
  bytes = 0;

  constructor(file: OpenFile, to: number) {
    this.#file = file;
    this.#to = to;
  }

  get end(): number {
    return this.start + this.bytes;
  }

  async load(offset: number, bytesNeeded: number): Promise<void> {
    // Twice what is needed, so that no bytes make a search for records load again at every step.
    const wanted = Math.min(LARGEST_LOAD, Math.max(SMALLEST_LOAD, 2 * bytesNeeded, 2 * this.bytes));
    const size = Math.min(wanted, this.#to - offset);
    if (this.buffer.bytes.length < size) this.buffer = recordBufferOf(Buffer.allocUnsafeSlow(size));
    const read = await this.#file.read(this.buffer.bytes.subarray(0, size), offset);
    // A file that has become shorter than it was reads as zeros: no records.
    this.buffer.bytes.fill(0, read, size);
    this.start = offset;
    this.bytes = size;
  }
}
