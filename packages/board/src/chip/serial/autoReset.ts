import type { Clock, Timer } from '@mkiot/core/clock/clock';

/** The control lines of a serial port, as a tool sets them. */
export interface ControlLines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** The capacitor at EN lets it rise so long after it was let go: by then GPIO0 is where the tool wants it. */
const ENABLE_RISES_AFTER_MS = 10;
/** Both lines together are a step on the way of tools from one to the other, and over a network it takes them a while. */
const BETWEEN_STEPS_MS = 500;

/**
 * The two transistors between a serial port and a chip (Espressif, ESP32-DevKitC, "Auto program"): RTS alone holds the chip
 * in reset, DTR alone holds down the boot button, both together do nothing.
 */
export class AutoReset {
  readonly #clock: Clock;
  readonly #hold: () => void;
  readonly #release: (isBootPressed: boolean) => void;
  #lines: ControlLines = { dtr: false, rts: false };
  #rising: Timer | undefined;
  #isHeld = false;

  /**
   * @param hold the chip is in reset from now on
   * @param release it starts, and finds its boot button pressed or not
   */
  constructor(clock: Clock, hold: () => void, release: (isBootPressed: boolean) => void) {
    this.#clock = clock;
    this.#hold = hold;
    this.#release = release;
  }

  set(change: Partial<ControlLines>): void {
    this.#lines = { ...this.#lines, ...change };
    if (this.#lines.rts && !this.#lines.dtr) this.#pullDown();
    else if (this.#isHeld) this.#letGo();
  }

  get isBootPressed(): boolean {
    return this.#lines.dtr && !this.#lines.rts;
  }

  /** Forgets a start that is about to come. */
  cancel(): void {
    this.#rising?.cancel();
    this.#rising = undefined;
  }

  #pullDown(): void {
    this.cancel();
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#hold();
  }

  #letGo(): void {
    this.cancel();
    const { dtr, rts } = this.#lines;
    this.#rising = this.#clock.setTimer(dtr && rts ? BETWEEN_STEPS_MS : ENABLE_RISES_AFTER_MS, () => {
      this.#rising = undefined;
      this.#isHeld = false;
      this.#release(this.isBootPressed);
    });
  }
}
