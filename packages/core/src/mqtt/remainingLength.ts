// MQTT 3.1.1, section 2.2.3: seven bits a byte, the low ones first; the high bit says that another byte follows.

/** The most that four bytes can say. */
export const MAX_REMAINING_LENGTH = 268_435_455;
export const MAX_REMAINING_LENGTH_BYTES = 4;

/** How many bytes `length` takes. */
export function remainingLengthBytes(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x4000) return 2;
  return length < 0x20_0000 ? 3 : 4;
}

/** Writes `length` at `position` and returns the position after it. */
export function writeRemainingLength(bytes: Uint8Array, position: number, length: number): number {
  let next = position;
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) bytes[next++] = (rest & 0x7f) | 0x80;
  bytes[next++] = rest;
  return next;
}

/**
 * How many bytes the length at `position` takes: 1 to 4, 0 when it goes on behind `end`, 5 when it is longer than the
 * specification allows.
 */
export function scanRemainingLength(bytes: Uint8Array, position: number, end: number): number {
  for (let count = 1; count <= MAX_REMAINING_LENGTH_BYTES; count++) {
    if (position + count > end) return 0;
    if ((bytes[position + count - 1] as number) < 0x80) return count;
  }
  return MAX_REMAINING_LENGTH_BYTES + 1;
}

/** The length whose `count` bytes stand at `position`. */
export function readRemainingLength(bytes: Uint8Array, position: number, count: number): number {
  let length = 0;
  for (let index = count - 1; index >= 0; index--)
    length = (length << 7) | ((bytes[position + index] as number) & 0x7f);
  return length;
}
