import type { Clock } from '@mkiot/core/clock/clock';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import type { AddressWatch, ShutOut } from '../bridge/addressWatch.ts';
import { networkOf } from '../runtime/addressNetwork.ts';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';
import { FRAMES } from './frames.ts';
import type { Outbox } from './outbox.ts';

const NETWORKS_KEPT = 10_000;
/** Frames about addresses are of no connection. */
const NO_CONNECTION = 0;

/** The watch of a worker: decides as the main thread has told it, and tells what comes from where. */
export class ToldWatch implements AddressWatch {
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  /** When a network is let in again, on the monotonic clock. */
  readonly #untilMs = new RecentlyUsed<string, number>(NETWORKS_KEPT);

  constructor(clock: Clock, outbox: Outbox, shutOut: readonly ShutOut[]) {
    this.#clock = clock;
    this.#outbox = outbox;
    for (const change of shutOut) this.change(change);
  }

  change({ network, forMs }: ShutOut): void {
    if (forMs > 0) this.#untilMs.set(network, this.#clock.monotonic() + forMs);
    else this.#untilMs.delete(network);
  }

  admits(address: string): boolean {
    const untilMs = this.#untilMs.get(networkOf(address));
    if (untilMs === undefined || this.#clock.monotonic() >= untilMs) return true;
    this.#outbox.send(FRAMES.TURNED_AWAY, NO_CONNECTION, utf8Encode(address));
    return false;
  }

  abandoned(address: string): void {
    this.#outbox.send(FRAMES.ABANDONED, NO_CONNECTION, utf8Encode(address));
  }
}
