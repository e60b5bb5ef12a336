import { crc32 } from 'node:zlib';
import { getSafeInteger64, setSafeInteger64 } from './safeInteger64.ts';

// The first bytes of a segment file, numbers little-endian:
//
//   0   8  magic
//   8   4  format version
//  12   8  sequence of the first record
//  20   4  salt of the records' checksums
//  24   4  CRC-32 of all before
//
// Sequence and salt are in the file's name too, so a damaged header costs nothing. What only the header has is the version.

const MAGIC = Buffer.from('MkIoTevt', 'latin1');
export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 28;
const CHECKED_BYTES = 24;

export interface SegmentHeader {
  readonly firstSequence: number;
  readonly salt: number;
}

export type HeaderReading =
  | { readonly kind: 'header'; readonly header: SegmentHeader }
  /** It is whole, and of a version that this program cannot read. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  setSafeInteger64(view, 12, header.firstSequence);
  view.setUint32(20, header.salt, true);
  view.setUint32(24, crc32(bytes.subarray(0, CHECKED_BYTES)), true);
  return bytes;
}

export function decodeSegmentHeader(bytes: Uint8Array): HeaderReading {
  if (bytes.length < HEADER_BYTES || !MAGIC.equals(bytes.subarray(0, MAGIC.length))) return { kind: 'damaged' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (view.getUint32(24, true) !== crc32(bytes.subarray(0, CHECKED_BYTES))) return { kind: 'damaged' };
  const version = view.getUint32(8, true);
  if (version > FORMAT_VERSION) return { kind: 'newer', version };
  const firstSequence = getSafeInteger64(view, 12);
  if (version !== FORMAT_VERSION || firstSequence === undefined) return { kind: 'damaged' };
  return { kind: 'header', header: { firstSequence, salt: view.getUint32(20, true) } };
}
