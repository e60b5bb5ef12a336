import type { Clock } from '@mkiot/core/clock/clock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { STATUSES } from '@mkiot/core/errors/status';
import type { Logger } from 'pino';
import type { LoginAttempt } from '../bridge/hooks.ts';
import type { DeviceActivities } from '../registry/activity.ts';
import type { DeviceRecord } from '../registry/model.ts';
import { RecentlyUsed } from './recentlyUsed.ts';

interface LogWindow {
  readonly startMs: number;
  suppressed: number;
}

/** The log has one line in this time for each address and device. */
const WINDOW_MS = 10_000;
const WINDOWS_KEPT = 10_000;

/** Tells the operator the true reason of refused logins: in the device's last error, and in a log that cannot be flooded. */
export class DeviceLoginFailures {
  readonly #activities: Pick<DeviceActivities, 'markError'>;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #windows = new RecentlyUsed<string, LogWindow>(WINDOWS_KEPT);

  constructor(activities: Pick<DeviceActivities, 'markError'>, clock: Clock, logger: Pick<Logger, 'warn'>) {
    this.#activities = activities;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @param device the device that the client id names, if there is one */
  record(attempt: LoginAttempt, device: DeviceRecord | undefined, cause: MkiotError): void {
    const status = { code: STATUSES[cause.status].number, message: cause.message };
    if (device !== undefined) this.#activities.markError(device.numId, status, this.#clock.now());

    // Unknown devices share one window an address: their names are the other side's to invent.
    const key = `${attempt.remoteAddress} ${device?.numId ?? 'unknown'}`;
    const nowMs = this.#clock.monotonic();
    const window = this.#windows.get(key);
    if (window !== undefined && nowMs - window.startMs < WINDOW_MS) {
      window.suppressed++;
      return;
    }
    this.#windows.set(key, { startMs: nowMs, suppressed: 0 });
    this.#logger.warn(
      {
        device: device?.id,
        deviceNumId: device?.numId,
        address: attempt.remoteAddress,
        code: cause.code,
        suppressed: window?.suppressed ?? 0,
      },
      `login refused: ${cause.message}`,
    );
  }
}
