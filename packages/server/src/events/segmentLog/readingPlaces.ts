/**
 * Lets only so many readers at the disk at once. Node has four threads for all file work: were readers of a slow disk to
 * hold them all, a commit would wait for them.
 */
export class ReadingPlaces {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      // A place goes straight to who has waited longest.
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
