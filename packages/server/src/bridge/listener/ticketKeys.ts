import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';

const HOUR_MS = 3_600_000;
/** What a ticket key could decrypt is lost with it: TLS 1.2 sessions of half a day at most. */
export const TICKET_KEY_MS = 12 * HOUR_MS;
const TICKET_KEY_BYTES = 48;

/** Where a listener has the keys of its session tickets from. */
export interface TicketKeySource {
  readonly current: Uint8Array<ArrayBuffer>;
  /** Calls `callback` whenever there are others, until {@link close}. */
  onChange(callback: () => void): void;
  close(): void;
}

/** Keys of session tickets that are drawn anew every twelve hours. */
export class TicketKeys implements TicketKeySource {
  readonly #clock: Clock;
  readonly #randomFill: RandomFill;
  readonly #callbacks: (() => void)[] = [];
  #current: Uint8Array<ArrayBuffer>;
  #timer: Timer;

  constructor(clock: Clock, randomFill: RandomFill) {
    this.#clock = clock;
    this.#randomFill = randomFill;
    this.#current = this.#draw();
    this.#timer = this.#changeLater();
  }

  get current(): Uint8Array<ArrayBuffer> {
    return this.#current;
  }

  onChange(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  close(): void {
    this.#timer.cancel();
  }

  #draw(): Uint8Array<ArrayBuffer> {
    const keys = new Uint8Array(TICKET_KEY_BYTES);
    this.#randomFill(keys);
    return keys;
  }

  #changeLater(): Timer {
    return this.#clock.setTimer(TICKET_KEY_MS, () => {
      this.#current = this.#draw();
      for (const callback of this.#callbacks) callback();
      this.#timer = this.#changeLater();
    });
  }
}
