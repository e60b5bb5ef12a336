import { chipError } from './chipErrors.ts';

/** The supply of a chip. What takes time on it stops half done where the power goes. */
export class Power {
  #life = new AbortController();

  /** Aborted when the power goes; another one each time it comes. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  get isOn(): boolean {
    return !this.#life.signal.aborted;
  }

  on(): void {
    if (!this.isOn) this.#life = new AbortController();
  }

  cut(): void {
    this.#life.abort();
  }

  /** @param doing completes "while it was" @throws `CHIP_POWER_LOST` when `signal`, of a moment with power, is aborted */
  static check(signal: AbortSignal, doing: string): void {
    if (signal.aborted) throw chipError('CHIP_POWER_LOST', { doing });
  }
}
