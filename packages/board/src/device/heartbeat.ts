import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { OutboxFill } from './outbox/keptMessages.ts';

/** Subfolder of heartbeats: `/devices/{device}/events/heartbeat`. */
export const HEARTBEAT_SUBFOLDER = 'heartbeat';

export interface Health {
  /** Wall-clock time by the device's own clock, milliseconds since 1970. */
  readonly timeMs: number;
  /** Since the device booted. */
  readonly uptimeMs: number;
  readonly firmwareVersion: string;
  /** Sessions after the first since the device booted. */
  readonly reconnects: number;
  readonly outbox: OutboxFill;
}

/** The payload of a heartbeat. It says how the device is now, so it is sent now or never: it is not stored. */
export function heartbeatPayload({ timeMs, uptimeMs, firmwareVersion, reconnects, outbox }: Health): Uint8Array {
  const time = new Date(timeMs).toISOString();
  return utf8Encode(JSON.stringify({ time, uptimeMs: Math.round(uptimeMs), firmwareVersion, reconnects, outbox }));
}

/** Beats while a session is open: at its beginning and then at an interval. */
export class Heartbeat {
  readonly #clock: Clock;
  #intervalMs: number;
  #send: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** The next beat comes after this time. */
  setInterval(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    if (this.#send !== undefined) this.#wait();
  }

  /** A session is open; it ends when the function that is returned is called. */
  attach(send: () => void): () => void {
    this.#send = send;
    this.#beat();
    return () => {
      this.#send = undefined;
      this.#timer?.cancel();
    };
  }

  #beat(): void {
    this.#send?.();
    this.#wait();
  }

  #wait(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(this.#intervalMs, () => this.#beat());
  }
}
