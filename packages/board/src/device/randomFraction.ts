import type { RandomFill } from '@mkiot/core/crypto/signatures';

/** A number from 0 up to but not including 1, evenly spread, from 32 random bits. */
export function randomFraction(random: RandomFill): number {
  const bytes = random(new Uint8Array(4));
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}
