import type { LineFaults } from '../chip/serial/lineFaults.ts';
import { BitErrors } from './bitErrors.ts';
import { seededRandom } from './seededRandom.ts';

/**
 * A serial line on which single bits arrive as the other one.
 *
 * @param bitErrorRate how many of the bits, from 0 to 1; 1e-4 is a bad cable
 * @param seed the same seed makes the same errors
 */
export function lineNoise(bitErrorRate: number, seed: number): LineFaults {
  const errors = new BitErrors(bitErrorRate, seededRandom(seed));
  return { disturb: (bytes) => bytes.map((byte) => errors.flip(byte, 8)) };
}
