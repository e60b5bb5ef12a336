import { concatBytes, equalBytes, utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { bootError } from './bootErrors.ts';

/**
 * What makes an image one of a virtual chip: in a real image the code would stand there. Magic, length as u32
 * little-endian, JSON in UTF-8, zeros up to a multiple of 4.
 */
const MAGIC: Uint8Array = utf8Encode('MkIoT-virtual-1\0');
const LENGTH_BYTES = 4;
const MAX_BYTES = 2048;

export type VirtualKind = 'app' | 'bootloader';

/** @throws `TAG_TOO_LONG` */
export function buildVirtualTag(kind: VirtualKind, value: object): Uint8Array<ArrayBuffer> {
  const json = utf8Encode(JSON.stringify({ [kind]: value }));
  if (json.length > MAX_BYTES) throw bootError('TAG_TOO_LONG', { kind, bytes: json.length, maxBytes: MAX_BYTES });
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setUint32(0, json.length, true);
  const padding = new Uint8Array((4 - (json.length % 4)) % 4);
  return concatBytes(MAGIC, new Uint8Array(length.buffer), json, padding);
}

/**
 * The value in the tag that begins at `at` of a segment.
 *
 * @returns undefined where no tag begins: the image is a real one
 * @throws `TAG_INVALID`
 */
export function parseVirtualTag(kind: VirtualKind, segment: Uint8Array, at: number): unknown {
  if (!equalBytes(segment.subarray(at, at + MAGIC.length), MAGIC)) return undefined;
  const start = at + MAGIC.length + LENGTH_BYTES;
  if (start > segment.length) throw bootError('TAG_INVALID', { kind, reason: 'it is cut' });
  const length = new DataView(segment.buffer, segment.byteOffset + start - LENGTH_BYTES).getUint32(0, true);
  if (length > MAX_BYTES || start + length > segment.length) {
    throw bootError('TAG_INVALID', { kind, reason: `its length of ${length} bytes cannot be` });
  }
  const members = readJson(kind, segment.subarray(start, start + length));
  if (typeof members === 'object' && members !== null && kind in members) return (members as Tagged)[kind];
  throw bootError('TAG_INVALID', { kind, reason: `it is not that of ${kind === 'app' ? 'an app' : 'a bootloader'}` });
}

type Tagged = Readonly<Record<VirtualKind, unknown>>;

function readJson(kind: VirtualKind, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes));
  } catch (error) {
    throw bootError('TAG_INVALID', { kind, reason: 'it is no JSON' }, error);
  }
}
