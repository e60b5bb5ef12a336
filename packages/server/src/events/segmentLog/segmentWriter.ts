import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { FileSystem, OpenFile } from '../../runtime/fileSystem.ts';
import type { AppendBatch } from './appendBatch.ts';
import { Segment } from './segment.ts';
import { encodeSegmentHeader, HEADER_BYTES } from './segmentHeader.ts';
import { dayOf } from './segmentName.ts';
import type { SegmentTable } from './segmentTable.ts';

export interface SegmentWriterOptions {
  readonly directory: string;
  readonly fileSystem: FileSystem;
  readonly random: RandomFill;
  /** A segment that has this size gets no further batch. */
  readonly segmentBytes: number;
}

const PROBE = new Uint8Array(65_536);

/** Writes batches to the last segment, and begins a new one each UTC day and whenever the last one is full. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #segments: SegmentTable;
  #file: OpenFile | undefined;
  /** Names that would not survive a power cut yet: nothing in them is promised before they do. */
  readonly #unsyncedDirectories = new Set<string>();

  constructor(options: SegmentWriterOptions, segments: SegmentTable) {
    this.#options = options;
    this.#segments = segments;
  }

  /**
   * Resolves when the batch is on disk for good, numbered from `firstSequence` on. When it rejects, nothing of it counts,
   * and {@link repair} must succeed before the next call.
   */
  async write(batch: AppendBatch, firstSequence: number): Promise<void> {
    const day = dayOf(batch.firstReceivedAtMs);
    let segment = this.#segments.active;
    if (segment === undefined || segment.day !== day || segment.durableBytes >= this.#options.segmentBytes) {
      segment = await this.#begin(day, firstSequence);
    }
    const file = (this.#file ??= await this.#options.fileSystem.open(segment.file, 'write'));
    try {
      await this.#append(file, segment, batch, firstSequence);
    } catch (error) {
      // At once, so that nobody can take it for stored if this process is killed now: after a failed sync the bytes stay
      // readable, and a later sync succeeds without having written them. Should it not succeed, repair will tell.
      await file.truncate(segment.durableBytes).catch(() => {});
      throw error;
    }
  }

  /**
   * Cuts off what a failed write may have left, and sees whether the disk takes bytes again. The file is opened anew, for
   * the old descriptor may be of a disk that has gone and come back.
   */
  async repair(): Promise<void> {
    await this.close();
    const segment = this.#segments.active;
    if (segment === undefined) return;
    const file = await this.#openLeft(segment);
    if (file === undefined) {
      this.#segments.remove(segment);
      return;
    }
    this.#file = file;
    await file.truncate(segment.durableBytes);
    await file.write(PROBE, segment.durableBytes);
    await file.sync();
    await file.truncate(segment.durableBytes);
    await file.sync();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    // All that counts has been synced, so there is nothing left that closing could lose.
    await file?.close().catch(() => {});
  }

  async #append(file: OpenFile, segment: Segment, batch: AppendBatch, firstSequence: number): Promise<void> {
    let offset = segment.durableBytes;
    if (offset === 0) {
      await file.write(encodeSegmentHeader(segment.header), 0);
      offset = HEADER_BYTES;
    }
    const records = batch.seal(firstSequence, segment.header.salt);
    await file.write(records, offset);
    await file.sync();
    await this.#syncDirectories();
    segment.durableBytes = offset + records.length;
    segment.index.learn(firstSequence, offset);
  }

  /** The file of a segment, or `undefined` when the call that was to make it has not. */
  async #openLeft(segment: Segment): Promise<OpenFile | undefined> {
    try {
      return await this.#options.fileSystem.open(segment.file, 'write');
    } catch (error) {
      if (segment.durableBytes === 0 && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #begin(day: string, firstSequence: number): Promise<Segment> {
    const { directory, fileSystem, random } = this.#options;
    await this.close();
    await this.#dropEmptySegment();
    const salt = new DataView(random(new Uint8Array(4)).buffer).getUint32(0);
    const segment = new Segment(directory, day, { firstSequence, salt }, 0);
    if (await fileSystem.makeDirectory(segment.directory)) this.#unsyncedDirectories.add(directory);
    this.#unsyncedDirectories.add(segment.directory);
    // Before the file is made: a call that fails may have made it, and then it is the last segment to whoever looks.
    this.#segments.add(segment);
    this.#file = await fileSystem.open(segment.file, 'create');
    return segment;
  }

  /** A segment that never got a record is of a day that has passed: its sequence belongs to the next one. */
  async #dropEmptySegment(): Promise<void> {
    const segment = this.#segments.active;
    if (segment === undefined || segment.durableBytes > HEADER_BYTES) return;
    await this.#options.fileSystem.removeFile(segment.file);
    this.#segments.remove(segment);
    this.#unsyncedDirectories.add(segment.directory);
  }

  async #syncDirectories(): Promise<void> {
    for (const directory of this.#unsyncedDirectories) {
      await this.#options.fileSystem.syncDirectory(directory);
      this.#unsyncedDirectories.delete(directory);
    }
  }
}
