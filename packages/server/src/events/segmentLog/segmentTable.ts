import type { Segment } from './segment.ts';

/** The segments of a log in the order of their sequences. The last one is written to. */
export class SegmentTable {
  readonly #segments: Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = [...segments];
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get active(): Segment | undefined {
    return this.#segments.at(-1);
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Puts back what was the oldest segment. */
  addOldest(segment: Segment): void {
    this.#segments.unshift(segment);
  }

  remove(segment: Segment): void {
    const index = this.#segments.indexOf(segment);
    if (index >= 0) this.#segments.splice(index, 1);
  }

  includes(segment: Segment): boolean {
    return this.#segments.includes(segment);
  }

  /** The segment that holds `sequence` if any does: the last one that begins at or before it, or else the first of all. */
  holding(sequence: number): Segment | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle] as Segment).header.firstSequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return this.#segments[Math.max(0, low - 1)];
  }

  /** The first segment that begins after `segment` does. */
  after(segment: Segment): Segment | undefined {
    return this.#segments.find((other) => other.header.firstSequence > segment.header.firstSequence);
  }
}
