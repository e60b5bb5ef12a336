import type { Clock } from '@mkiot/core/clock/clock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { HerdGathering } from './herdJob.ts';

/** Counts who of a herd is connected, and says so each time that it is all of it. */
export class Gathering {
  readonly #size: number;
  readonly #clock: Clock;
  readonly #complete: (gathering: HerdGathering) => void;
  #connected = 0;
  #firstLoginMs: number | undefined = undefined;
  #failures: Record<string, number> = {};

  constructor(size: number, clock: Clock, complete: (gathering: HerdGathering) => void) {
    this.#size = size;
    this.#clock = clock;
    this.#complete = complete;
  }

  joined(): void {
    const nowMs = this.#clock.now();
    this.#firstLoginMs ??= nowMs;
    this.#connected++;
    if (this.#connected < this.#size) return;
    this.#complete({
      connected: this.#connected,
      firstLoginMs: this.#firstLoginMs,
      lastLoginMs: nowMs,
      refused: this.#failures['CONNECT_REFUSED'] ?? 0,
      failures: this.#failures,
    });
    this.#firstLoginMs = undefined;
    this.#failures = {};
  }

  left(): void {
    this.#connected--;
  }

  /** A try or a session came to an end with `error`. */
  failed({ code }: MkiotError): void {
    this.#failures[code] = (this.#failures[code] ?? 0) + 1;
  }
}
