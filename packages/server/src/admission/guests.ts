import type { Clock } from '@mkiot/core/clock/clock';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';

const NETWORKS_KEPT = 10_000;
/** As long as the longest session: a device that logs in once a day is still known. */
const LATELY_MS = 86_400_000;

/**
 * From where devices that have shown who they are come, now and lately. Only they are remembered here, so that nobody else can
 * push them out.
 */
export class Guests {
  readonly #clock: Clock;
  /** How many sessions are open, by network. */
  readonly #open = new Map<string, number>();
  readonly #seenMs = new RecentlyUsed<string, number>(NETWORKS_KEPT);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  entered(network: string): void {
    this.#open.set(network, (this.#open.get(network) ?? 0) + 1);
  }

  left(network: string): void {
    const others = (this.#open.get(network) ?? 1) - 1;
    if (others > 0) this.#open.set(network, others);
    else this.#open.delete(network);
    this.seen(network);
  }

  /** A call without a session. */
  seen(network: string): void {
    this.#seenMs.set(network, this.#clock.monotonic());
  }

  /** Whether somebody from there has a session or lately had one. */
  has(network: string): boolean {
    if (this.#open.has(network)) return true;
    const seenMs = this.#seenMs.get(network);
    return seenMs !== undefined && this.#clock.monotonic() - seenMs < LATELY_MS;
  }
}
