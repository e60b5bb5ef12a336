import { closeReason } from '../closeReasons.ts';
import type { CloseReason } from '../hooks.ts';

/** The server waits one and a half times the keep-alive (MQTT-3.1.2-24). */
export const SILENCE_PER_KEEP_ALIVE = 1.5;

/** How long a session may last, and how long it may be silent. */
export class SessionTerms {
  readonly #endsAtMs: number;
  readonly #endReason: CloseReason;
  readonly #allowedSilenceMs: number;
  readonly #silenceReason: CloseReason;

  /**
   * @param endsAtMs wall clock, milliseconds since 1970
   * @param keepAliveSeconds what the device promised in CONNECT; 0: nothing
   * @param idleMs the longest silence, whatever it promised
   */
  constructor(endsAtMs: number, endReason: CloseReason, keepAliveSeconds: number, idleMs: number) {
    const keepAliveMs = keepAliveSeconds * 1_000 * SILENCE_PER_KEEP_ALIVE;
    const isKeptAlive = keepAliveMs > 0 && keepAliveMs < idleMs;
    this.#endsAtMs = endsAtMs;
    this.#endReason = endReason;
    this.#allowedSilenceMs = isKeptAlive ? keepAliveMs : idleMs;
    this.#silenceReason = closeReason(isKeptAlive ? 'KEEP_ALIVE_EXPIRED' : 'IDLE');
  }

  /** Why the session has to end now, if it has to. */
  brokenBy(silenceMs: number, wallClockMs: number): CloseReason | undefined {
    if (wallClockMs >= this.#endsAtMs) return this.#endReason;
    return silenceMs >= this.#allowedSilenceMs ? this.#silenceReason : undefined;
  }
}
