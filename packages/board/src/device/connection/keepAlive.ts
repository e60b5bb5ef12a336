import type { Clock, Timer } from '@mkiot/core/clock/clock';

export interface KeepAliveOptions {
  readonly clock: Clock;
  /** Longest silence of either side before a PINGREQ (MQTT 3.1.1, 3.1.2.10). */
  readonly keepAliveMs: number;
  /** How long the server may stay silent after one. */
  readonly pingTimeoutMs: number;
  readonly sendPing: () => void;
  readonly timedOut: () => void;
}

/**
 * Notices a dead connection. A ping goes out when either side has been silent: the server wants to hear from us, and we
 * want to hear from it even while we send into a network that swallows everything.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #keepAliveMs: number;
  #sentMs: number;
  #receivedMs: number;
  #pingedMs: number | undefined;
  #timer: Timer;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#keepAliveMs = options.keepAliveMs;
    this.#sentMs = this.#receivedMs = options.clock.monotonic();
    this.#timer = options.clock.setTimer(options.keepAliveMs, () => this.#check());
  }

  /** A packet went out. */
  sent(): void {
    this.#sentMs = this.#options.clock.monotonic();
  }

  /** A packet came in; whatever it is, the server lives. */
  received(): void {
    this.#receivedMs = this.#options.clock.monotonic();
    this.#pingedMs = undefined;
  }

  /** The server wants another keep-alive than ours (MQTT 5.0, section 3.2.2.3.14). */
  adopt(keepAliveMs: number): void {
    this.#keepAliveMs = keepAliveMs;
    this.#timer.cancel();
    this.#check();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const { clock, pingTimeoutMs, sendPing, timedOut } = this.#options;
    const keepAliveMs = this.#keepAliveMs;
    const nowMs = clock.monotonic();
    if (this.#pingedMs === undefined && nowMs >= this.#quietMs() + keepAliveMs) {
      sendPing();
      this.#pingedMs = nowMs;
    } else if (this.#pingedMs !== undefined && nowMs >= this.#pingedMs + pingTimeoutMs) {
      timedOut();
      return;
    }
    const dueMs = this.#pingedMs === undefined ? this.#quietMs() + keepAliveMs : this.#pingedMs + pingTimeoutMs;
    this.#timer = clock.setTimer(dueMs - nowMs, () => this.#check());
  }

  /** Since when one of the two sides has been silent. */
  #quietMs(): number {
    return Math.min(this.#sentMs, this.#receivedMs);
  }
}
