import type { Clock } from '@mkiot/core/clock/clock';

const HOUR_MS = 3_600_000;

/** What one part takes from the battery. */
export interface Load {
  /** From now on, in milliamperes. */
  set(milliamperes: number): void;
}

/** Adds up what the parts of a board take, in time. */
export class EnergyMeter {
  readonly #clock: Clock;
  readonly #loads = new Map<string, { milliamperes: number; used: number; sinceMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The part of this name; it takes nothing at first. */
  load(name: string): Load {
    return { set: (milliamperes) => this.#set(name, milliamperes) };
  }

  /** What all take now, in milliamperes. */
  get milliamperes(): number {
    return [...this.#loads.values()].reduce((sum, load) => sum + load.milliamperes, 0);
  }

  /** What all have taken since the beginning, in milliampere-hours. */
  get usedMah(): number {
    return [...this.#loads.keys()].reduce((sum, name) => sum + this.usedMahOf(name), 0);
  }

  /** What one has taken. */
  usedMahOf(name: string): number {
    const load = this.#loads.get(name);
    if (load === undefined) return 0;
    return load.used + (load.milliamperes * (this.#clock.monotonic() - load.sinceMs)) / HOUR_MS;
  }

  #set(name: string, milliamperes: number): void {
    this.#loads.set(name, { milliamperes, used: this.usedMahOf(name), sinceMs: this.#clock.monotonic() });
  }
}
