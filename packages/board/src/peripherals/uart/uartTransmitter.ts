import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { UartCharacter } from './character.ts';
import { characterMs, type UartFormat } from './uartFormat.ts';

/**
 * The shift register of a UART: characters leave it one after the other, each in its time. Moments are exact, also where the
 * clock wakes up later.
 */
export class UartTransmitter {
  readonly #clock: Clock;
  readonly #carry: (character: UartCharacter) => void;
  #pending: UartCharacter[] = [];
  #timer: Timer | undefined;
  #freeAtMs = 0;
  /** Told when the last stop bit is over. */
  onIdle: (() => void) | undefined;

  /** @param carry takes each character at its end */
  constructor(clock: Clock, carry: (character: UartCharacter) => void) {
    this.#clock = clock;
    this.#carry = carry;
  }

  send(bytes: Uint8Array, format: UartFormat): void {
    const takesMs = characterMs(format);
    for (const byte of bytes) {
      const startMs = Math.max(this.#freeAtMs, this.#clock.monotonic());
      this.#freeAtMs = startMs + takesMs;
      this.#pending.push({ byte, format, startMs, endMs: this.#freeAtMs });
    }
    this.#wait();
  }

  /** Characters that have not begun yet. */
  get waiting(): number {
    const nowMs = this.#clock.monotonic();
    return this.#pending.filter(({ startMs }) => startMs > nowMs).length;
  }

  get isSending(): boolean {
    return this.#pending.length > 0;
  }

  /** Forgets what has not begun, or, when the power goes, everything. */
  drop(what: 'waiting' | 'all'): void {
    const nowMs = this.#clock.monotonic();
    this.#pending = what === 'all' ? [] : this.#pending.filter(({ startMs }) => startMs <= nowMs);
    this.#freeAtMs = this.#pending.at(-1)?.endMs ?? 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wait();
  }

  #wait(): void {
    const next = this.#pending[0];
    if (next === undefined || this.#timer !== undefined) return;
    this.#timer = this.#clock.setTimer(Math.max(0, next.endMs - this.#clock.monotonic()), () => {
      this.#timer = undefined;
      this.#deliver();
      this.#wait();
    });
  }

  #deliver(): void {
    const nowMs = this.#clock.monotonic();
    for (let next = this.#pending[0]; next !== undefined && next.endMs <= nowMs; next = this.#pending[0]) {
      // It is sending until this one has arrived; whoever hears it may cut the power.
      this.#carry(next);
      if (this.#pending[0] !== next) return;
      this.#pending.shift();
      if (this.#pending.length === 0) this.onIdle?.();
    }
  }
}
