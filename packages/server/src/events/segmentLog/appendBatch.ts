import type { AppendObserver, EncodedOrigin } from '../eventLog.ts';
import {
  endOfRecord,
  type RecordBuffer,
  recordBufferOf,
  roomForRecord,
  sealRecord,
  writeRecord,
} from './eventRecord.ts';

const START_BYTES = 262_144;
/** A buffer that a burst has made larger than this is given back. */
const KEEP_BYTES = 33_554_432;

/**
 * Events that go to disk together: their records one after the other, and whom to tell. It is filled, written, told and
 * used again, so that an event costs no object of its own.
 */
export class AppendBatch {
  #buffer: RecordBuffer = recordBufferOf(Buffer.allocUnsafeSlow(START_BYTES));
  #bytes = 0;
  #firstReceivedAtMs = 0;
  readonly #observers: (AppendObserver | undefined)[] = [];
  readonly #tags: number[] = [];

  get events(): number {
    return this.#tags.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Wall clock of the first event: its day is the day of them all. */
  get firstReceivedAtMs(): number {
    return this.#firstReceivedAtMs;
  }

  /** Takes a copy of an event that {@link roomForRecord} has found to fit. */
  add(
    origin: EncodedOrigin,
    subfolder: string,
    payload: Uint8Array,
    receivedAtMs: number,
    observer: AppendObserver | undefined,
    tag: number,
  ): void {
    this.#makeRoom(roomForRecord(origin, subfolder, payload));
    if (this.#tags.length === 0) this.#firstReceivedAtMs = receivedAtMs;
    this.#bytes = writeRecord(this.#buffer, this.#bytes, origin, subfolder, payload, receivedAtMs);
    this.#observers.push(observer);
    this.#tags.push(tag);
  }

  /** The records, numbered from `firstSequence` on. Sequences are given only now: a batch that fails uses none up. */
  seal(firstSequence: number, salt: number): Uint8Array {
    let sequence = firstSequence;
    for (let offset = 0; offset < this.#bytes; sequence++) offset = sealRecord(this.#buffer, offset, sequence, salt);
    return this.#buffer.bytes.subarray(0, this.#bytes);
  }

  tellCommitted(): void {
    for (const [index, observer] of this.#observers.entries()) observer?.committed(this.#tags[index] as number);
  }

  tellFailed(error: unknown): void {
    for (const [index, observer] of this.#observers.entries()) observer?.failed(this.#tags[index] as number, error);
  }

  /** Whom {@link tellCommitted} and {@link tellFailed} tell. */
  get observers(): ReadonlySet<AppendObserver> {
    return new Set(this.#observers.filter((observer) => observer !== undefined));
  }

  /** Takes out the events that these observers wait for, and tells them so. */
  dropThoseOf(observers: ReadonlySet<AppendObserver>, error: unknown): void {
    const { bytes } = this.#buffer;
    const dropped: { readonly observer: AppendObserver; readonly tag: number }[] = [];
    let events = 0;
    let end = 0;
    for (let index = 0, start = 0; index < this.#tags.length; index++) {
      const observer = this.#observers[index];
      const tag = this.#tags[index] as number;
      const next = endOfRecord(this.#buffer, start);
      if (observer !== undefined && observers.has(observer)) {
        dropped.push({ observer, tag });
      } else {
        bytes.copyWithin(end, start, next);
        end += next - start;
        this.#observers[events] = observer;
        this.#tags[events++] = tag;
      }
      start = next;
    }
    this.#bytes = end;
    this.#observers.length = this.#tags.length = events;
    for (const { observer, tag } of dropped) observer.failed(tag, error);
  }

  clear(): void {
    this.#bytes = 0;
    this.#observers.length = 0;
    this.#tags.length = 0;
    if (this.#buffer.bytes.length > KEEP_BYTES) this.#buffer = recordBufferOf(Buffer.allocUnsafeSlow(START_BYTES));
  }

  #makeRoom(bytes: number): void {
    const needed = this.#bytes + bytes;
    if (needed <= this.#buffer.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.bytes.length));
    this.#buffer.bytes.copy(larger, 0, 0, this.#bytes);
    this.#buffer = recordBufferOf(larger);
  }
}
