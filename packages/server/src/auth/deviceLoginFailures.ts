import type { Clock } from '@mkiot/core/clock/clock';
import { formatDeviceName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { STATUSES } from '@mkiot/core/errors/status';
import type { Logger } from 'pino';
import type { LoginAttempt } from '../bridge/hooks.ts';
import type { DeviceActivities } from '../registry/activity.ts';
import { deviceNameOf, type DeviceAtLogin } from '../registry/model.ts';
import { claimedName } from './claimedName.ts';
import type { FailedLogins } from './failedLogins.ts';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';

interface LogWindow {
  readonly startMs: number;
  suppressed: number;
}

/** The log has one line in this time for each address and device. */
const WINDOW_MS = 10_000;
const WINDOWS_KEPT = 10_000;

export interface DeviceLoginFailuresParts {
  readonly activities: Pick<DeviceActivities, 'markError'>;
  readonly failedLogins: Pick<FailedLogins, 'record'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Tells the operator the true reason of refused logins: in the device's last error, in the list of failed logins, and in a
 * log that cannot be flooded.
 */
export class DeviceLoginFailures {
  readonly #parts: DeviceLoginFailuresParts;
  readonly #windows = new RecentlyUsed<string, LogWindow>(WINDOWS_KEPT);

  constructor(parts: DeviceLoginFailuresParts) {
    this.#parts = parts;
  }

  /** @param device the device that the client id names, if there is one */
  record(attempt: LoginAttempt, device: DeviceAtLogin | undefined, cause: MkiotError): void {
    const { activities, failedLogins, clock, logger } = this.#parts;
    const { code, message } = cause;
    const status = { code: STATUSES[cause.status].number, message };
    if (device !== undefined) activities.markError(device.numId, status, clock.now());
    const address = attempt.remoteAddress;
    failedLogins.record({ device: nameOf(attempt, device), numId: device?.numId, address, code, message });

    // Unknown devices share one window an address: their names are the other side's to invent.
    const key = `${address} ${device?.numId ?? 'unknown'}`;
    const nowMs = clock.monotonic();
    const window = this.#windows.get(key);
    if (window !== undefined && nowMs - window.startMs < WINDOW_MS) {
      window.suppressed++;
      return;
    }
    this.#windows.set(key, { startMs: nowMs, suppressed: 0 });
    logger.warn(
      { device: device?.id, deviceNumId: device?.numId, address, code, suppressed: window?.suppressed ?? 0 },
      `login refused: ${message}`,
    );
  }
}

/** What is no device name is not kept: it may be anything, a password too. */
function nameOf({ clientId }: LoginAttempt, device: DeviceAtLogin | undefined): string | undefined {
  if (device !== undefined) return formatDeviceName(deviceNameOf(device));
  const name = parseDeviceName(clientId);
  return name && formatDeviceName(claimedName(name));
}
