import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Random } from './random.ts';

type Mutation = (bytes: Uint8Array, at: number, random: Random) => Uint8Array;

/** Where formats have their edges: lengths, flags, the bounds of identifiers. */
const EDGES = [0, 1, 2, 4, 5, 0x0b, 0x23, 0x26, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff];
const MOST_CUT = 8;
const MOST_REPEATED = 16;
const MOST_REPETITIONS = 400;

const MUTATIONS: readonly Mutation[] = [
  (bytes, at, random) => bytes.with(at, random.oneIn(2) ? random.pick(EDGES) : random.below(256)),
  (bytes, at, random) => bytes.with(at, (bytes[at] as number) ^ (1 << random.below(8))),
  (bytes, at, random) => replaced(bytes, at, 1 + random.below(MOST_CUT), []),
  (bytes) => bytes.subarray(0, -1),
  (bytes, at, random) => replaced(bytes, at, 0, [random.oneIn(2) ? random.pick(EDGES) : random.below(256)]),
  (bytes, at, random) => replaced(bytes, at, 0, bytes.subarray(at, at + 1 + random.below(MOST_REPEATED))),
  (bytes, at, random) => {
    const block = bytes.subarray(at, at + 1 + random.below(MOST_REPEATED));
    const count = random.oneIn(10) ? random.below(MOST_REPETITIONS) : random.below(4);
    return replaced(bytes, at, 0, concatBytes(...Array.from({ length: count }, () => block)));
  },
];

/** `bytes` spoilt in one way; no bytes stay none. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.length === 0 ? bytes : random.pick(MUTATIONS)(bytes, random.below(bytes.length), random);
}

function replaced(bytes: Uint8Array, at: number, count: number, by: ArrayLike<number>): Uint8Array {
  return concatBytes(bytes.subarray(0, at), Uint8Array.from(by), bytes.subarray(at + count));
}
