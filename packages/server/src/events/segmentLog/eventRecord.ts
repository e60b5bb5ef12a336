import { crc32 } from 'node:zlib';
import type { EncodedOrigin, LoggedEvent } from '../eventLog.ts';
import { decodeOrigin, decodeText, MAX_ORIGIN_BYTES } from './originCodec.ts';
import { getSafeInteger64, setSafeInteger64 } from './safeInteger64.ts';

// A record of a segment file, numbers little-endian:
//
//   0  4  length of all that follows the checksum
//   4  4  CRC-32 of it, begun with the segment's salt
//   8  8  sequence
//  16  8  receivedAtMs
//  24  2  length of the origin, then the origin (originCodec.ts)
//      2  length of the subfolder, then the subfolder in UTF-8
//         payload, to the end
//
// CRC-32 and not CRC-32C: Node has it natively, the other would be JavaScript and four times slower, and both find the same
// kinds of damage. The salt is secret, so that a device cannot hide a record in a payload that would pass for a real one
// if damage made a reader look for records inside it.

const SEQUENCE = 8;
const RECEIVED_AT = 16;
const ORIGIN = 24;
const LENGTH_BYTES = 2;
const CHECKED_FROM = SEQUENCE;

/** Fewest and most bytes that a record has. */
export const MIN_RECORD_BYTES = ORIGIN + 2 * LENGTH_BYTES;
export const MAX_RECORD_BYTES = 1_048_576;
const MAX_SUBFOLDER_BYTES = 0xffff;

/** Bytes with a view of them, to write and read numbers. */
export interface RecordBuffer {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function recordBufferOf(bytes: Buffer): RecordBuffer {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** Room that a record needs at most; more than {@link MAX_RECORD_BYTES} when there is none for it. */
export function roomForRecord(origin: EncodedOrigin, subfolder: string, payload: Uint8Array): number {
  const subfolderBytes = 3 * subfolder.length;
  const fits = subfolderBytes <= MAX_SUBFOLDER_BYTES && origin.encoded.length <= MAX_ORIGIN_BYTES;
  return fits ? MIN_RECORD_BYTES + origin.encoded.length + subfolderBytes + payload.length : Infinity;
}

/** Writes a record but for its sequence and checksum, and returns its end. */
export function writeRecord(
  { bytes, view }: RecordBuffer,
  offset: number,
  origin: EncodedOrigin,
  subfolder: string,
  payload: Uint8Array,
  receivedAtMs: number,
): number {
  const { encoded } = origin;
  setSafeInteger64(view, offset + RECEIVED_AT, receivedAtMs);
  let end = offset + ORIGIN + LENGTH_BYTES;
  view.setUint16(offset + ORIGIN, encoded.length, true);
  bytes.set(encoded, end);
  end += encoded.length;
  const subfolderBytes = subfolder === '' ? 0 : bytes.write(subfolder, end + LENGTH_BYTES);
  view.setUint16(end, subfolderBytes, true);
  end += LENGTH_BYTES + subfolderBytes;
  bytes.set(payload, end);
  end += payload.length;
  view.setUint32(offset, end - offset - CHECKED_FROM, true);
  return end;
}

/** Where a written record ends. */
export function endOfRecord({ view }: RecordBuffer, offset: number): number {
  return offset + CHECKED_FROM + view.getUint32(offset, true);
}

/** Gives a written record its sequence and checksum, and returns its end. */
export function sealRecord(buffer: RecordBuffer, offset: number, sequence: number, salt: number): number {
  const { bytes, view } = buffer;
  const checked = offset + CHECKED_FROM;
  const end = endOfRecord(buffer, offset);
  setSafeInteger64(view, offset + SEQUENCE, sequence);
  view.setUint32(offset + 4, crc32(bytes.subarray(checked, end), salt), true);
  return end;
}

/** A record was found, or more bytes are needed to say, or there is none. */
export type RecordReading =
  | { readonly kind: 'record'; readonly sequence: number; readonly end: number }
  | { readonly kind: 'incomplete'; readonly bytesNeeded: number }
  | { readonly kind: 'none' };

const NONE: RecordReading = { kind: 'none' };

/** Looks for a whole record at `offset`, with a sequence from `minSequence` to `maxSequence`, in the bytes before `limit`. */
export function readRecord(
  { bytes, view }: RecordBuffer,
  offset: number,
  limit: number,
  minSequence: number,
  maxSequence: number,
  salt: number,
): RecordReading {
  if (limit - offset < ORIGIN) return { kind: 'incomplete', bytesNeeded: ORIGIN };
  const checked = offset + CHECKED_FROM;
  const end = checked + view.getUint32(offset, true);
  if (end - offset < MIN_RECORD_BYTES || end - offset > MAX_RECORD_BYTES) return NONE;
  const sequence = getSafeInteger64(view, offset + SEQUENCE);
  if (sequence === undefined || sequence < minSequence || sequence > maxSequence) return NONE;
  if (end > limit) return { kind: 'incomplete', bytesNeeded: end - offset };
  if (crc32(bytes.subarray(checked, end), salt) !== view.getUint32(offset + 4, true)) return NONE;
  return { kind: 'record', sequence, end };
}

/** The event in a record that {@link readRecord} has found; `undefined` when its parts do not fit together. */
export function decodeEvent({ bytes, view }: RecordBuffer, offset: number, end: number): LoggedEvent | undefined {
  const sequence = getSafeInteger64(view, offset + SEQUENCE);
  const receivedAtMs = getSafeInteger64(view, offset + RECEIVED_AT);
  const originStart = offset + ORIGIN + LENGTH_BYTES;
  const originEnd = originStart + view.getUint16(offset + ORIGIN, true);
  const subfolderStart = originEnd + LENGTH_BYTES;
  if (sequence === undefined || receivedAtMs === undefined || subfolderStart > end) return undefined;
  const subfolderEnd = subfolderStart + view.getUint16(originEnd, true);
  if (subfolderEnd > end) return undefined;
  const origin = decodeOrigin(bytes.subarray(originStart, originEnd));
  const subfolder = decodeText(bytes.subarray(subfolderStart, subfolderEnd));
  if (origin === undefined || subfolder === undefined) return undefined;
  // A copy: the bytes around it are a reader's window, which must not live as long as a payload.
  const payload = new Uint8Array(bytes.subarray(subfolderEnd, end));
  return { ...origin, sequence, receivedAtMs, subfolder, payload };
}
