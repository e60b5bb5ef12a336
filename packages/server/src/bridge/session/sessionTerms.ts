import type { Clock } from '@mkiot/core/clock/clock';
import { closeReason } from '../closeReasons.ts';
import type { CloseReason } from '../hooks.ts';

/** The server waits one and a half times the keep-alive (MQTT-3.1.2-24). */
export const SILENCE_PER_KEEP_ALIVE = 1.5;

export interface SessionTermsOptions {
  readonly clock: Clock;
  /** Wall clock, milliseconds since 1970. */
  readonly endsAtMs: number;
  readonly endReason: CloseReason;
  /** What the device promised in CONNECT; 0: nothing. */
  readonly keepAliveSeconds: number;
  /** The longest silence, whatever it promised. */
  readonly idleMs: number;
  /** When the CONNECT came, on the monotonic clock. */
  readonly connectedAtMs: number;
}

/** How long a session may last, and how long it may be silent. */
export class SessionTerms {
  readonly keepAliveSeconds: number;
  readonly #clock: Clock;
  #endsAtMs: number;
  #endReason: CloseReason;
  readonly #allowedSilenceMs: number;
  readonly #silenceReason: CloseReason;
  /** Monotonic, like `#silentSinceMs`. */
  #heardMs: number;
  #silentSinceMs: number;

  constructor({ clock, endsAtMs, endReason, keepAliveSeconds, idleMs, connectedAtMs }: SessionTermsOptions) {
    const keepAliveMs = keepAliveSeconds * 1_000 * SILENCE_PER_KEEP_ALIVE;
    const isKeptAlive = keepAliveMs > 0 && keepAliveMs < idleMs;
    this.keepAliveSeconds = keepAliveSeconds;
    this.#clock = clock;
    this.#endsAtMs = endsAtMs;
    this.#endReason = endReason;
    this.#allowedSilenceMs = isKeptAlive ? keepAliveMs : idleMs;
    this.#silenceReason = closeReason(isKeptAlive ? 'KEEP_ALIVE_EXPIRED' : 'IDLE');
    this.#heardMs = connectedAtMs;
    this.#silentSinceMs = connectedAtMs;
  }

  /** Wall clock, milliseconds since 1970. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** Another end. */
  renew(endsAtMs: number, endReason: CloseReason): void {
    this.#endsAtMs = endsAtMs;
    this.#endReason = endReason;
  }

  /** When the last packet came. Wall clock, milliseconds since 1970. */
  get lastHeardAtMs(): number {
    return this.#wallClockMs(this.#heardMs);
  }

  /** When the silence will have been too long. Wall clock, milliseconds since 1970. */
  get expectedByMs(): number {
    return this.#wallClockMs(this.#silentSinceMs + this.#allowedSilenceMs);
  }

  /** A packet has come. */
  heard(): void {
    this.#heardMs = this.#clock.monotonic();
    this.#silentSinceMs = this.#heardMs;
  }

  /** Packets wait for us: nobody can say that the device is silent. */
  excuse(nowMs: number): void {
    this.#silentSinceMs = nowMs;
  }

  /** Why the session has to end now, if it has to. `nowMs` is monotonic. */
  brokenBy(nowMs: number, wallClockMs: number): CloseReason | undefined {
    if (wallClockMs >= this.#endsAtMs) return this.#endReason;
    return nowMs - this.#silentSinceMs >= this.#allowedSilenceMs ? this.#silenceReason : undefined;
  }

  #wallClockMs(monotonicMs: number): number {
    return Math.round(this.#clock.now() + monotonicMs - this.#clock.monotonic());
  }
}
