/** What was measured at once, by name. */
export type Measured = Readonly<Record<string, number>>;

/**
 * One measurement that gives several values: all sensors of a round share it. Each value is handed out once, a failure too;
 * whoever asks again gets a new measurement.
 */
export class SharedMeasurement {
  readonly #measure: () => Promise<Measured>;
  readonly #handedOut = new Set<string>();
  #running: Promise<Measured> | undefined;

  constructor(measure: () => Promise<Measured>) {
    this.#measure = measure;
  }

  /** NaN where the measurement has no such value. Rejects as the measurement does. */
  async read(name: string): Promise<number> {
    if (this.#running === undefined || this.#handedOut.has(name)) {
      this.#handedOut.clear();
      this.#running = this.#measure();
    }
    this.#handedOut.add(name);
    return (await this.#running)[name] ?? Number.NaN;
  }
}
