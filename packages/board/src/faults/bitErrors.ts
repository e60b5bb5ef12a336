import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { randomFraction } from '../device/randomFraction.ts';

/**
 * Bits that flip at random, independent of each other: noise on a line. The distance from one to the next is drawn (it has a
 * geometric distribution), so that a quiet line costs nothing.
 */
export class BitErrors {
  readonly #rate: number;
  readonly #random: RandomFill;
  #bitsUntilNext: number;

  /** @param rate of bits that flip, from 0 to less than 1: 1e-6 is a bad line */
  constructor(rate: number, random: RandomFill) {
    this.#rate = rate;
    this.#random = random;
    this.#bitsUntilNext = this.#draw();
  }

  /** The lowest `bits` of `value` as they arrive. */
  flip(value: number, bits: number): number {
    let arrived = value;
    let from = 0;
    while (this.#bitsUntilNext < bits - from) {
      from += this.#bitsUntilNext;
      arrived ^= 1 << from;
      from += 1;
      this.#bitsUntilNext = this.#draw();
    }
    this.#bitsUntilNext -= bits - from;
    return arrived;
  }

  #draw(): number {
    if (this.#rate <= 0) return Infinity;
    return Math.floor(Math.log(1 - randomFraction(this.#random)) / Math.log1p(-this.#rate));
  }
}
