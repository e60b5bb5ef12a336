/** Where a record of a segment begins. */
export interface RecordPosition {
  readonly sequence: number;
  readonly offset: number;
}

const BYTES_BETWEEN = 65_536;

/**
 * Some record positions of a segment, 64 KiB apart, so that nobody reads it from the start to find one. It is only in
 * memory and learns from every pass over the segment: it is empty after a start.
 */
export class SegmentIndex {
  readonly #positions: RecordPosition[];

  constructor(first: RecordPosition) {
    this.#positions = [first];
  }

  /** Takes a position if none is known near it. */
  learn(sequence: number, offset: number): void {
    const at = this.#countUpTo(sequence);
    const before = this.#positions[at - 1];
    const after = this.#positions[at];
    if (before !== undefined && offset - before.offset < BYTES_BETWEEN) return;
    if (after !== undefined && after.offset - offset < BYTES_BETWEEN) return;
    this.#positions.splice(at, 0, { sequence, offset });
  }

  /** The last known position at or before `sequence`; the first record's for anything before it. */
  atOrBefore(sequence: number): RecordPosition {
    return this.#positions[Math.max(0, this.#countUpTo(sequence) - 1)] as RecordPosition;
  }

  /** How many positions are at or before `sequence`. */
  #countUpTo(sequence: number): number {
    let low = 0;
    let high = this.#positions.length;
    // Appending is the common case: then the last position is before.
    if ((this.#positions[high - 1] as RecordPosition).sequence <= sequence) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#positions[middle] as RecordPosition).sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
