import type { RandomFill } from '@mkiot/core/crypto/signatures';

const SMALLEST = 2_000_000_000_000_000n;
const HOW_MANY = 2_000_000_000_000_000n;

/**
 * A random numeric id: 16 digits starting with 2 or 3, as IoT Core's are, and so a safe integer. The remainder of 64
 * random bits favours no id by more than one part in nine thousand; ids need to be unlike, not unguessable.
 */
export function randomNumericId(randomFill: RandomFill): number {
  const random = new DataView(randomFill(new Uint8Array(8)).buffer).getBigUint64(0);
  return Number(SMALLEST + (random % HOW_MANY));
}
