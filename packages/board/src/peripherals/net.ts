/** A conductor between parts, high or low. Where nobody drives it, its resistor pulls; who drives low wins. */
export class Net {
  readonly #pull: boolean;
  readonly #drivers = new Map<object, boolean>();
  readonly #listeners = new Set<(isHigh: boolean) => void>();
  #isHigh: boolean;

  /** @param pull the level that it has while nobody drives it */
  constructor(pull: boolean) {
    this.#pull = pull;
    this.#isHigh = pull;
  }

  get isHigh(): boolean {
    return this.#isHigh;
  }

  /** @param level undefined: the part lets go */
  drive(part: object, level: boolean | undefined): void {
    if (level === undefined) this.#drivers.delete(part);
    else this.#drivers.set(part, level);
    const levels = [...this.#drivers.values()];
    const isHigh = levels.length === 0 ? this.#pull : !levels.includes(false);
    if (isHigh === this.#isHigh) return;
    this.#isHigh = isHigh;
    for (const listener of this.#listeners) listener(isHigh);
  }

  /** Told of every change; the function that is returned ends it. */
  onChange(listener: (isHigh: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
