import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { findSightings } from './findSightings.ts';
import { KeyReader } from './keyReader.ts';
import type { Sighting } from './secret.ts';

/** What is seen in a text by itself. */
export function seenIn(text: string): readonly Sighting[] {
  return findSightings(utf8Encode(text), new KeyReader());
}

/** Noise, which has no secret in it, with something at an offset. */
export function noiseWith(content: Uint8Array, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  bytes.set(content, offset);
  return bytes;
}

/** Digits of `bytes` with colons, as `openssl ec -text` and examples for IoT Core have them. */
export function colonHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
