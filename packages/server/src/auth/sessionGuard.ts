import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import type { Logger } from 'pino';
import type { CloseReason, DeviceLink, Session } from '../bridge/hooks.ts';
import type { KeptSessionLink } from '../bridge/keptSessionLink.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import type {
  CredentialRecord,
  DeviceChange,
  DevicePrincipal,
  DeviceRecord,
  RegistryChange,
} from '../registry/model.ts';
import { DEVICE_CLOSE_REASONS } from './deviceCloseReasons.ts';
import { principalOf } from './verifiedLogin.ts';

/** More than the settings allow a login to take, so that no change during one goes unseen. */
const LONGEST_LOGIN_MS = 180_000;

/**
 * Cuts the session of a device that may no longer have it: deleted, blocked, its key removed or expired, MQTT disabled.
 * With the first three a session that is kept ends too.
 * Feed it the registry's changes and every session that opens.
 */
export class SessionGuard {
  readonly #devices: Pick<DeviceService, 'findDeviceByNumId'>;
  readonly #link: DeviceLink<DevicePrincipal> & KeptSessionLink;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'error'>;
  /** Sessions judged by a change: what `opened` reads may be older. */
  readonly #judged = new WeakSet<Session<DevicePrincipal>>();
  /** When anything was changed last, on the monotonic clock. */
  #changedAtMs = Number.NEGATIVE_INFINITY;
  /** By numeric id: the moment at which the key of its session expires. */
  readonly #expiries = new Map<number, Timer>();

  constructor(
    devices: Pick<DeviceService, 'findDeviceByNumId'>,
    link: DeviceLink<DevicePrincipal> & KeptSessionLink,
    clock: Clock,
    logger: Pick<Logger, 'error'>,
  ) {
    this.#devices = devices;
    this.#link = link;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** A change of a device has been committed. */
  deviceChanged({ numId, device }: DeviceChange): void {
    this.#changedAtMs = this.#clock.monotonic();
    const session = this.#link.session(numId);
    if (session !== undefined) {
      this.#judged.add(session);
      this.#judge(session, device);
    }
    this.#judgeKept(numId, device);
  }

  /** A change of a registry's own settings has been committed. */
  registryChanged({ after }: RegistryChange): void {
    this.#changedAtMs = this.#clock.monotonic();
    if (after.mqttState !== 'MQTT_DISABLED') return;
    for (const session of this.#link.sessions()) {
      if (session.principal.registry.key === after.key) session.close(DEVICE_CLOSE_REASONS.mqttDisabled);
    }
  }

  /**
   * A session has opened. A change between the login's look at the registry and now found no session to cut, so after one
   * the device is looked up once more. Does not reject: a session that cannot be judged is cut.
   */
  async opened(session: Session<DevicePrincipal>): Promise<void> {
    if (this.#clock.monotonic() - this.#changedAtMs > LONGEST_LOGIN_MS) return;
    try {
      const device = await this.#devices.findDeviceByNumId(session.principal.key);
      if (!this.#judged.has(session)) this.#judge(session, device);
    } catch (error) {
      this.#logger.error({ deviceNumId: session.principal.key, err: error }, 'a device could not be looked up');
      session.close(DEVICE_CLOSE_REASONS.deviceUnreadable);
    }
  }

  /**
   * A session goes on with another login, so perhaps with another key: what was judged before is judged again, and so is
   * what was changed while the login was being decided.
   */
  renewed(session: Session<DevicePrincipal>): Promise<void> {
    this.#judged.delete(session);
    return this.opened(session);
  }

  /** The device of a session that is kept, as it is now; `undefined` where it may have none any more. */
  async principalOf({
    key,
    credentialId,
  }: {
    readonly key: number;
    readonly credentialId: number;
  }): Promise<DevicePrincipal | undefined> {
    const device = await this.#devices.findDeviceByNumId(key);
    if (device === undefined || whyToCut(device) !== undefined || !hasKey(device, credentialId)) return undefined;
    return principalOf(device, credentialId);
  }

  /** Stops watching; no session is cut. */
  close(): void {
    for (const timer of this.#expiries.values()) timer.cancel();
    this.#expiries.clear();
  }

  /** What waits for a device goes to nobody who holds a key that was taken from it. */
  #judgeKept(numId: number, device: DeviceRecord | undefined): void {
    const kept = this.#link.keptSession(numId);
    if (kept === undefined) return;
    if (device === undefined || device.blocked || !hasKey(device, kept.credentialId)) this.#link.endKeptSession(numId);
  }

  #judge(session: Session<DevicePrincipal>, device: DeviceRecord | undefined): void {
    const { key: numId, credentialId } = session.principal;
    this.#expiries.get(numId)?.cancel();
    this.#expiries.delete(numId);
    const credential = device?.credentials.find(({ id }) => id === credentialId);
    const remainingMs = (credential?.expiresAtMs ?? Number.POSITIVE_INFINITY) - this.#clock.now();
    const hasOwnKey = session.principal.isActedFor !== true;
    const reason = whyToCut(device) ?? (hasOwnKey ? whyToCutKey(credential, remainingMs) : undefined);
    if (reason !== undefined) session.close(reason);
    else if (remainingMs <= LIMITS.sessionMs) this.#watch(session, device, remainingMs);
  }

  /** The bridge knows the expiry as it was at login; this one may be earlier. No session lives beyond `sessionMs`. */
  #watch(session: Session<DevicePrincipal>, device: DeviceRecord | undefined, remainingMs: number): void {
    const { key: numId } = session.principal;
    const timer = this.#clock.setTimer(remainingMs, () => {
      if (this.#link.session(numId) === session) this.#judge(session, device);
      else this.#expiries.delete(numId);
    });
    this.#expiries.set(numId, timer);
  }
}

function whyToCut(device: DeviceRecord | undefined): CloseReason | undefined {
  if (device === undefined) return DEVICE_CLOSE_REASONS.deviceDeleted;
  if (device.blocked) return DEVICE_CLOSE_REASONS.deviceBlocked;
  return device.registry.mqttState === 'MQTT_DISABLED' ? DEVICE_CLOSE_REASONS.mqttDisabled : undefined;
}

function hasKey({ credentials }: DeviceRecord, credentialId: number): boolean {
  return credentials.some(({ id }) => id === credentialId);
}

function whyToCutKey(credential: CredentialRecord | undefined, remainingMs: number): CloseReason | undefined {
  if (credential === undefined) return DEVICE_CLOSE_REASONS.credentialRemoved;
  return remainingMs <= 0 ? DEVICE_CLOSE_REASONS.credentialExpired : undefined;
}
