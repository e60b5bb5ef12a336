/* oxlint-disable typescript/no-non-null-assertion -- every index is masked or within the loop; a check at each look-up would cost the speed */
import { D, E, S, SI } from './aesTables.ts';
import { expandInverseKey } from './inverseKeySchedule.ts';
import { expandKey, MAX_SCHEDULE_WORDS, scheduleWords } from './keySchedule.ts';

// AES by table look-ups (Daemen and Rijmen, "AES proposal", section 5.2.1). It is not constant-time: which cache lines are
// touched depends on key and data. That is good enough for a tool on the maker's own machine and for nothing else.

/** One direction of AES under a key that may change at any time. */
export interface BlockFunction {
  /** @param key 4 or 8 words of FIPS 197: the first byte on top */
  setKey(key: Int32Array): void;
  /** Replaces the block at offset `at`. A `reversed` block has its last byte first, as the ESP32's hardware takes it. */
  apply(view: DataView, at: number, reversed: boolean): void;
}

/** The cipher of FIPS 197 section 5.1. */
export class BlockEncryption implements BlockFunction {
  readonly #schedule = new Int32Array(MAX_SCHEDULE_WORDS);
  #end = 0;

  setKey(key: Int32Array): void {
    this.#end = scheduleWords(key.length);
    expandKey(key, this.#schedule);
  }

  apply(view: DataView, at: number, reversed: boolean): void {
    const step = reversed ? -4 : 4;
    const first = reversed ? at + 12 : at;
    const keys = this.#schedule;
    let a = view.getInt32(first, reversed) ^ keys[0]!;
    let b = view.getInt32(first + step, reversed) ^ keys[1]!;
    let c = view.getInt32(first + 2 * step, reversed) ^ keys[2]!;
    let d = view.getInt32(first + 3 * step, reversed) ^ keys[3]!;
    let round = 4;
    for (const last = this.#end - 4; round < last; round += 4) {
      const e =
        E[a >>> 24]! ^
        E[((b >>> 16) & 255) | 0x100]! ^
        E[((c >>> 8) & 255) | 0x200]! ^
        E[(d & 255) | 0x300]! ^
        keys[round]!;
      const f =
        E[b >>> 24]! ^
        E[((c >>> 16) & 255) | 0x100]! ^
        E[((d >>> 8) & 255) | 0x200]! ^
        E[(a & 255) | 0x300]! ^
        keys[round + 1]!;
      const g =
        E[c >>> 24]! ^
        E[((d >>> 16) & 255) | 0x100]! ^
        E[((a >>> 8) & 255) | 0x200]! ^
        E[(b & 255) | 0x300]! ^
        keys[round + 2]!;
      const h =
        E[d >>> 24]! ^
        E[((a >>> 16) & 255) | 0x100]! ^
        E[((b >>> 8) & 255) | 0x200]! ^
        E[(c & 255) | 0x300]! ^
        keys[round + 3]!;
      a = e;
      b = f;
      c = g;
      d = h;
    }
    view.setInt32(first, lastRound(S, a, b, c, d) ^ keys[round]!, reversed);
    view.setInt32(first + step, lastRound(S, b, c, d, a) ^ keys[round + 1]!, reversed);
    view.setInt32(first + 2 * step, lastRound(S, c, d, a, b) ^ keys[round + 2]!, reversed);
    view.setInt32(first + 3 * step, lastRound(S, d, a, b, c) ^ keys[round + 3]!, reversed);
  }
}

/** The equivalent inverse cipher of FIPS 197 section 5.3.5. */
export class BlockDecryption implements BlockFunction {
  readonly #schedule = new Int32Array(MAX_SCHEDULE_WORDS);
  #end = 0;

  setKey(key: Int32Array): void {
    this.#end = scheduleWords(key.length);
    expandInverseKey(key, this.#schedule);
  }

  apply(view: DataView, at: number, reversed: boolean): void {
    const step = reversed ? -4 : 4;
    const first = reversed ? at + 12 : at;
    const keys = this.#schedule;
    let round = this.#end - 4;
    let a = view.getInt32(first, reversed) ^ keys[round]!;
    let b = view.getInt32(first + step, reversed) ^ keys[round + 1]!;
    let c = view.getInt32(first + 2 * step, reversed) ^ keys[round + 2]!;
    let d = view.getInt32(first + 3 * step, reversed) ^ keys[round + 3]!;
    for (round -= 4; round > 0; round -= 4) {
      const e =
        D[a >>> 24]! ^
        D[((d >>> 16) & 255) | 0x100]! ^
        D[((c >>> 8) & 255) | 0x200]! ^
        D[(b & 255) | 0x300]! ^
        keys[round]!;
      const f =
        D[b >>> 24]! ^
        D[((a >>> 16) & 255) | 0x100]! ^
        D[((d >>> 8) & 255) | 0x200]! ^
        D[(c & 255) | 0x300]! ^
        keys[round + 1]!;
      const g =
        D[c >>> 24]! ^
        D[((b >>> 16) & 255) | 0x100]! ^
        D[((a >>> 8) & 255) | 0x200]! ^
        D[(d & 255) | 0x300]! ^
        keys[round + 2]!;
      const h =
        D[d >>> 24]! ^
        D[((c >>> 16) & 255) | 0x100]! ^
        D[((b >>> 8) & 255) | 0x200]! ^
        D[(a & 255) | 0x300]! ^
        keys[round + 3]!;
      a = e;
      b = f;
      c = g;
      d = h;
    }
    view.setInt32(first, lastRound(SI, a, d, c, b) ^ keys[0]!, reversed);
    view.setInt32(first + step, lastRound(SI, b, a, d, c) ^ keys[1]!, reversed);
    view.setInt32(first + 2 * step, lastRound(SI, c, b, a, d) ^ keys[2]!, reversed);
    view.setInt32(first + 3 * step, lastRound(SI, d, c, b, a) ^ keys[3]!, reversed);
  }
}

/** A column of the last round, which mixes nothing: SubBytes of one byte of each given column. */
function lastRound(box: Uint8Array, first: number, second: number, third: number, fourth: number): number {
  return (
    (box[first >>> 24]! << 24) |
    (box[(second >>> 16) & 255]! << 16) |
    (box[(third >>> 8) & 255]! << 8) |
    box[fourth & 255]!
  );
}
