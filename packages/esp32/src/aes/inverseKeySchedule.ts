/* oxlint-disable typescript/no-non-null-assertion -- every index is masked or within the loop; a check at each look-up would cost the speed */
import { D, K, S } from './aesTables.ts';
import { expandKey, scheduleWords } from './keySchedule.ts';

/**
 * The round keys of the equivalent inverse cipher (FIPS 197 section 5.3.5): those of the cipher, all but the first and the
 * last after InvMixColumns.
 */
export function expandInverseKey(key: Int32Array, schedule: Int32Array): void {
  if (key.length === 8) {
    expandInverseKey256(key, schedule);
    return;
  }
  expandKey(key, schedule);
  for (let at = 4; at < scheduleWords(key.length) - 4; at++) schedule[at] = mixedWord(schedule[at]!);
}

/**
 * The same for AES-256, where the ESP32's flash encryption takes a new key every 32 bytes. InvMixColumns is linear, so the
 * mixed words follow from each other by the XORs of the key expansion itself, and only the substituted ones are mixed. All
 * of it stays in variables: `a` to `h` are the last eight words of the cipher, `p` to `w` the same after InvMixColumns.
 */
function expandInverseKey256(key: Int32Array, schedule: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = [key[0]!, key[1]!, key[2]!, key[3]!, key[4]!, key[5]!, key[6]!, key[7]!];
  schedule[0] = a;
  schedule[1] = b;
  schedule[2] = c;
  schedule[3] = d;
  let p = mixedWord(a);
  let q = mixedWord(b);
  let r = mixedWord(c);
  let s = mixedWord(d);
  let t = (schedule[4] = mixedWord(e));
  let u = (schedule[5] = mixedWord(f));
  let v = (schedule[6] = mixedWord(g));
  let w = (schedule[7] = mixedWord(h));
  for (let at = 8, constant = 1; ; at += 8, constant <<= 1) {
    a ^= ((S[(h >>> 16) & 255]! ^ constant) << 24) | (S[(h >>> 8) & 255]! << 16) | (S[h & 255]! << 8) | S[h >>> 24]!;
    b ^= a;
    c ^= b;
    d ^= c;
    if (at === 56) break;
    p ^=
      K[(h >>> 16) & 255]! ^
      K[((h >>> 8) & 255) | 0x100]! ^
      K[(h & 255) | 0x200]! ^
      K[(h >>> 24) | 0x300]! ^
      D[S[constant]!]!;
    schedule[at] = p;
    schedule[at + 1] = q ^= p;
    schedule[at + 2] = r ^= q;
    schedule[at + 3] = s ^= r;
    e ^= (S[d >>> 24]! << 24) | (S[(d >>> 16) & 255]! << 16) | (S[(d >>> 8) & 255]! << 8) | S[d & 255]!;
    f ^= e;
    g ^= f;
    h ^= g;
    t ^= K[d >>> 24]! ^ K[((d >>> 16) & 255) | 0x100]! ^ K[((d >>> 8) & 255) | 0x200]! ^ K[(d & 255) | 0x300]!;
    schedule[at + 4] = t;
    schedule[at + 5] = u ^= t;
    schedule[at + 6] = v ^= u;
    schedule[at + 7] = w ^= v;
  }
  schedule[56] = a;
  schedule[57] = b;
  schedule[58] = c;
  schedule[59] = d;
}

/** InvMixColumns of a word. The D tables substitute inversely first; the substitution undoes that. */
function mixedWord(word: number): number {
  return (
    D[S[word >>> 24]!]! ^
    D[S[(word >>> 16) & 255]! | 0x100]! ^
    D[S[(word >>> 8) & 255]! | 0x200]! ^
    D[S[word & 255]! | 0x300]!
  );
}
