/* oxlint-disable typescript/no-non-null-assertion -- every index is masked or within the loop; a check at each look-up would cost the speed */
import { S } from './aesTables.ts';

/** Words of the largest schedule: AES-256 has 14 rounds and one key more. */
export const MAX_SCHEDULE_WORDS = 60;

/** Words of the round keys that a key of `keyWords` words has (FIPS 197 table 3): 44 or 60. */
export function scheduleWords(keyWords: number): number {
  return 4 * (keyWords + 7);
}

/** The words of a key, the first byte of each on top, as FIPS 197 numbers them. */
export function keyWords(key: Uint8Array): Int32Array {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return Int32Array.from({ length: key.length / 4 }, (_, index) => view.getInt32(4 * index));
}

/** KeyExpansion (FIPS 197 section 5.2) of 4 or 8 words into `schedule`. */
export function expandKey(key: Int32Array, schedule: Int32Array): void {
  const step = key.length;
  const end = scheduleWords(step);
  schedule.set(key);
  // Four words at a time, kept in variables: each follows from its neighbour at once.
  let d = schedule[step - 1]!;
  for (let at = step, constant = 1; at < end; at += 4) {
    let substituted: number;
    if (at % step === 0) {
      substituted = subRotWord(d) ^ (constant << 24);
      constant = nextConstant(constant);
    } else {
      substituted = subWord(d);
    }
    const a = schedule[at - step]! ^ substituted;
    const b = schedule[at - step + 1]! ^ a;
    const c = schedule[at - step + 2]! ^ b;
    d = schedule[at - step + 3]! ^ c;
    schedule[at] = a;
    schedule[at + 1] = b;
    schedule[at + 2] = c;
    schedule[at + 3] = d;
  }
}

/** The round constants are the powers of x in GF(2^8). */
function nextConstant(constant: number): number {
  return (constant << 1) ^ ((constant >> 7) * 0x11b);
}

/** SubWord of FIPS 197 section 5.2. */
function subWord(word: number): number {
  return (S[word >>> 24]! << 24) | (S[(word >>> 16) & 255]! << 16) | (S[(word >>> 8) & 255]! << 8) | S[word & 255]!;
}

/** SubWord of RotWord. */
function subRotWord(word: number): number {
  return (S[(word >>> 16) & 255]! << 24) | (S[(word >>> 8) & 255]! << 16) | (S[word & 255]! << 8) | S[word >>> 24]!;
}
