import { createHash } from 'node:crypto';

/** SHA-256 of `data`; of a text, of its UTF-8 bytes. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(data).digest();
}
