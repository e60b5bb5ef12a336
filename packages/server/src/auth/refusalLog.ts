import type { Clock } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';

const WINDOW_MS = 10_000;
const ADDRESSES_KEPT = 10_000;

/** Tells the operator why API callers were refused, at most one line in ten seconds for each address. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #windows = new RecentlyUsed<string, { readonly startMs: number; suppressed: number }>(ADDRESSES_KEPT);

  constructor(clock: Clock, logger: Pick<Logger, 'warn'>) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @param tokenId the public part of the token */
  tell(address: string, reason: string, tokenId?: string): void {
    const nowMs = this.#clock.monotonic();
    const window = this.#windows.get(address);
    if (window !== undefined && nowMs - window.startMs < WINDOW_MS) {
      window.suppressed++;
      return;
    }
    this.#windows.set(address, { startMs: nowMs, suppressed: 0 });
    this.#logger.warn({ address, reason, tokenId, suppressed: window?.suppressed ?? 0 }, 'API caller refused');
  }
}
