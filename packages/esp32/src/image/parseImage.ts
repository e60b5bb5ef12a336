import { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import {
  checksumPadding,
  HASH_BYTES,
  type Image,
  imageChecksum,
  type ImageSegment,
  SEGMENT_BYTES_END,
} from './image.ts';
import { imageError } from './imageErrors.ts';
import { readImageHeader } from './imageHeader.ts';

export interface ParsedImage extends Image {
  readonly segments: readonly ParsedSegment[];
  readonly checksum: { readonly offset: number; readonly stored: number; readonly computed: number };
  /** As it is in the file; undefined where none is appended. */
  readonly storedHash: Uint8Array | undefined;
  /** What the hash is taken of. */
  readonly hashed: Uint8Array<ArrayBuffer>;
  /** Where the image ends, its hash included. */
  readonly end: number;
}

export interface ParsedSegment extends ImageSegment {
  /** Of its header in the file. */
  readonly offset: number;
}

/**
 * Reads an image as it lies in its partition. What follows it, a signature or erased flash, is left alone; whether checksum
 * and hash are right is for `verifyImage` to say.
 *
 * @throws an {@link imageError} with the offset; `BYTES_SHORT` where the file ends too early
 */
export function parseImage(file: Uint8Array<ArrayBuffer>): ParsedImage {
  const reader = new ByteReader(file, 'image');
  const { header, segments: count } = readImageHeader(reader);
  const segments = Array.from({ length: count }, (_, index) => readSegment(reader, index));
  readPadding(reader);
  const offset = reader.offset;
  const checksum = { offset, stored: reader.uint8('checksum'), computed: imageChecksum(segments) };
  const hashed = file.subarray(0, reader.offset);
  const storedHash = header.hashAppended ? reader.bytes(HASH_BYTES, 'hash') : undefined;
  return { header, segments, checksum, storedHash, hashed, end: reader.offset };
}

function readSegment(reader: ByteReader, segment: number): ParsedSegment {
  const { offset } = reader;
  const loadAddress = reader.uint32(`load address of segment ${segment}`);
  const length = reader.uint32(`length of segment ${segment}`);
  checkSegmentLength(length, segment, offset);
  return { offset, loadAddress, data: reader.bytes(length, `segment ${segment}`) };
}

/** @throws `IMAGE_SEGMENT_LENGTH` */
export function checkSegmentLength(length: number, segment: number, offset: number): void {
  if (length % 4 === 0 && length < SEGMENT_BYTES_END) return;
  throw imageError('IMAGE_SEGMENT_LENGTH', { segment, offset: toHexOffset(offset), found: length });
}

function readPadding(reader: ByteReader): void {
  const { offset } = reader;
  const padding = reader.bytes(checksumPadding(offset), 'padding');
  const at = padding.findIndex((byte) => byte !== 0);
  if (at === -1) return;
  throw imageError('IMAGE_PADDING', { offset: toHexOffset(offset + at), found: toHexOffset(padding[at] ?? 0) });
}
