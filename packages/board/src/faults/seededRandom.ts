import type { RandomFill } from '@mkiot/core/crypto/signatures';

/** Repeatable randomness for faults, noise and tests, never for keys: xorshift32 (Marsaglia, 2003). */
export function seededRandom(seed: number): RandomFill {
  let state = seed | 1;
  return (bytes) => {
    for (let index = 0; index < bytes.length; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[index] = state >>> 24;
    }
    return bytes;
  };
}
