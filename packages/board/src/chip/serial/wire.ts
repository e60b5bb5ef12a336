import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { LineFaults } from './lineFaults.ts';

/** A byte takes a start bit, eight data bits and a stop bit. */
const BITS_A_BYTE = 10;
/** At least so many bytes arrive together on a slow line: as in the FIFO of a UART. */
const FIFO_BYTES = 128;
/** What comes in so many milliseconds arrives together on a fast one: its last byte in time, with fewer timers for the clock. */
const PART_MS = 10;
/** Receivers find the middle of the tenth bit up to this difference in speed. */
const BAUD_TOLERANCE = 0.04;

/** One direction of a serial line. */
export class Wire {
  readonly #clock: Clock;
  readonly #isThrottled: boolean;
  readonly #faults: LineFaults | undefined;
  readonly #deliver: (bytes: Uint8Array) => void;
  readonly #waiting = new Set<Timer>();
  /** When the last byte that was sent has arrived. */
  #freeAtMs = 0;

  constructor(
    clock: Clock,
    isThrottled: boolean,
    faults: LineFaults | undefined,
    deliver: (bytes: Uint8Array) => void,
  ) {
    this.#clock = clock;
    this.#isThrottled = isThrottled;
    this.#faults = faults;
    this.#deliver = deliver;
  }

  /** @param receiverBaud undefined: as the sender's */
  send(bytes: Uint8Array, baud: number, receiverBaud: number | undefined): void {
    const isUnderstood = receiverBaud === undefined || Math.abs(receiverBaud / baud - 1) <= BAUD_TOLERANCE;
    const heard = isUnderstood ? bytes : bytes.map(misread);
    const arriving = this.#faults?.disturb(heard) ?? heard;
    if (!this.#isThrottled) {
      this.#deliver(arriving);
      return;
    }
    const nowMs = this.#clock.monotonic();
    const byteMs = (BITS_A_BYTE * 1_000) / baud;
    const partBytes = Math.max(FIFO_BYTES, Math.floor(PART_MS / byteMs));
    for (let at = 0; at < arriving.length; at += partBytes) {
      const part = arriving.slice(at, at + partBytes);
      this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + part.length * byteMs;
      this.#deliverAfter(this.#freeAtMs - nowMs, part);
    }
  }

  /** Forgets what is on its way. */
  drop(): void {
    for (const timer of this.#waiting) timer.cancel();
    this.#waiting.clear();
    this.#freeAtMs = 0;
  }

  #deliverAfter(delayMs: number, bytes: Uint8Array): void {
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#waiting.delete(timer);
      this.#deliver(bytes);
    });
    this.#waiting.add(timer);
  }
}

/** What a receiver makes of a byte at the wrong speed: edges of the signal fall into other bits. */
function misread(byte: number): number {
  return (byte ^ (byte << 1) ^ 0x80) & 0xff;
}
