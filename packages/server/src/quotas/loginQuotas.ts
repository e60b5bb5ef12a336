import type { Clock } from '@mkiot/core/clock/clock';
import type { Principal } from '../bridge/hooks.ts';
import type { QuotaName, QuotaNumbers } from './quotaTable.ts';
import { TokenBucket } from './tokenBucket.ts';

const MINUTE_MS = 60_000;
/** A device by HTTP counts for so long after its last call. */
const HTTP_DEVICE_MS = 5 * MINUTE_MS;

/**
 * Quotas of devices that have shown who they are. Refused logins count for none: a stranger could use a quota up for those
 * who may come in.
 */
export class LoginQuotas {
  readonly #numbers: QuotaNumbers;
  readonly #clock: Clock;
  readonly #logins: TokenBucket | undefined;
  /** When devices called by HTTP last, by their keys, the longest silent first. Never more than the quota. */
  readonly #httpDevices = new Map<number, number>();

  constructor(numbers: QuotaNumbers, clock: Clock) {
    this.#numbers = numbers;
    this.#clock = clock;
    const { loginsPerMinute } = numbers;
    this.#logins = loginsPerMinute > 0 ? new TokenBucket(loginsPerMinute, MINUTE_MS, clock.monotonic()) : undefined;
  }

  /**
   * The quota that keeps a device from connecting, if one does.
   *
   * @param others how many other devices are connected
   */
  exceededByMqtt(others: number): QuotaName | undefined {
    const { connections } = this.#numbers;
    if (connections > 0 && others >= connections) return 'connections';
    return this.#loginExceeded();
  }

  /** The quota that forbids a call of this device, if one does. */
  exceededByHttp({ key }: Principal): QuotaName | undefined {
    return this.#loginExceeded() ?? (this.#isHttpDevice(key) ? undefined : 'httpDevices');
  }

  #loginExceeded(): QuotaName | undefined {
    return (this.#logins?.take(1, this.#clock.monotonic()) ?? true) ? undefined : 'loginsPerMinute';
  }

  #isHttpDevice(key: number): boolean {
    const { httpDevices } = this.#numbers;
    if (httpDevices === 0) return true;
    const nowMs = this.#clock.monotonic();
    this.#httpDevices.delete(key);
    for (const [other, calledAtMs] of this.#httpDevices) {
      if (nowMs - calledAtMs < HTTP_DEVICE_MS) break;
      this.#httpDevices.delete(other);
    }
    if (this.#httpDevices.size >= httpDevices) return false;
    this.#httpDevices.set(key, nowMs);
    return true;
  }
}
