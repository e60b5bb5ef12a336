import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { imageError } from './imageErrors.ts';

// Texts in descriptions: UTF-8, filled up with zeros, which may be missing where the text fills the field.

/** @throws `DESCRIPTION_TEXT`, `BYTES_SHORT` */
export function readDescriptionText(reader: ByteReader, length: number, field: string): string {
  const { offset } = reader;
  const bytes = reader.bytes(length, field);
  const end = bytes.indexOf(0);
  const text = end === -1 ? bytes : bytes.subarray(0, end);
  try {
    if (bytes.subarray(text.length).every((byte) => byte === 0)) return utf8Decode(text);
  } catch {
    // Not UTF-8: told below.
  }
  throw imageError('DESCRIPTION_TEXT', { field, offset: toHexOffset(offset) });
}

/** @throws `DESCRIPTION_FIELD` */
export function buildDescriptionText(text: string, length: number, field: string): Uint8Array {
  const bytes = utf8Encode(text);
  if (bytes.length > length) throw imageError('DESCRIPTION_FIELD', { field, bytes: length, found: bytes.length });
  const filled = new Uint8Array(length);
  filled.set(bytes);
  return filled;
}

/** @throws `DESCRIPTION_FIELD` */
export function exactly(bytes: Uint8Array, length: number, field: string): Uint8Array {
  if (bytes.length === length) return bytes;
  throw imageError('DESCRIPTION_FIELD', { field, bytes: length, found: bytes.length });
}
