import type { LineFaults } from '../chip/serial/lineFaults.ts';
import { randomFraction } from '../device/randomFraction.ts';
import { seededRandom } from './seededRandom.ts';

/**
 * A serial line on which single bits arrive as the other one.
 *
 * @param bitErrorRate how many of the bits, from 0 to 1; 1e-4 is a bad cable
 * @param seed the same seed makes the same errors
 */
export function lineNoise(bitErrorRate: number, seed: number): LineFaults {
  const random = seededRandom(seed);
  // Bits between two errors are distributed geometrically: one draw an error instead of one a bit.
  const nextGap = (): number =>
    bitErrorRate <= 0 ? Infinity : Math.floor(Math.log(1 - randomFraction(random)) / Math.log1p(-bitErrorRate));
  let gap = nextGap();
  return {
    disturb(bytes) {
      const arriving = bytes.slice();
      const bits = bytes.length * 8;
      let at = gap;
      for (; at < bits; at += 1 + nextGap()) arriving[at >> 3] = (arriving[at >> 3] as number) ^ (1 << (at & 7));
      gap = at - bits;
      return arriving;
    },
  };
}
