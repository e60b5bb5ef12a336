import type { Choose } from '../../runtime/memoryFile.testing.ts';

/** Of more possibilities than this only some are tried. */
const MOST_WHOLE = 6;

/**
 * Makes every possible sequence of choices, one after the other: an odometer whose wheels are the choices that the code
 * under test asks for.
 *
 * @example
 * const choices = new EveryChoice([0, 0.5, 1]);
 * do check(choices.choose); while (choices.next());
 */
export class EveryChoice {
  readonly #wheels: { readonly positions: readonly number[]; at: number }[] = [];
  readonly #shares: readonly number[];
  #asked = 0;

  /** @param shares which of very many possibilities are tried: 0 the first, 0.5 the middle one, 1 the last */
  constructor(shares: readonly number[]) {
    this.#shares = shares;
  }

  readonly choose: Choose = (count) => {
    const wheel = (this.#wheels[this.#asked++] ??= { positions: this.#positionsOf(count), at: 0 });
    return wheel.positions[wheel.at] as number;
  };

  /** Goes on to the next sequence; false when all have been made. */
  next(): boolean {
    this.#asked = 0;
    for (let last = this.#wheels.at(-1); last !== undefined; last = this.#wheels.at(-1)) {
      last.at++;
      if (last.at < last.positions.length) return true;
      this.#wheels.pop();
    }
    return false;
  }

  #positionsOf(count: number): readonly number[] {
    if (count <= MOST_WHOLE) return Array.from({ length: count }, (_, position) => position);
    return this.#shares.map((share) => Math.floor(share * (count - 1)));
  }
}
