import type { Clock } from '@mkiot/core/clock/clock';
import { LIMITS } from '@mkiot/core/contract/limits';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import { digestOf } from '../auditTrail/digest.ts';
import { Changes } from '../registry/changes.ts';
import { type DeviceCreated, requireDevice } from '../registry/deviceService.ts';
import { deviceNameOf } from '../registry/model.ts';
import type { Database } from '../store/database.ts';
import * as store from './configStore.ts';
import type { ConfigVersion } from './model.ts';
import { twinError } from './twinErrors.ts';

/** Told after the commit of a new version. Two that come at once may be told in either order. */
export interface ConfigChange {
  readonly numId: number;
  readonly config: ConfigVersion;
}

/** The versions of devices' configs (IoT Core, 3.6). */
export class ConfigService {
  readonly changes = new Changes<ConfigChange>();
  readonly #database: Database;
  readonly #auditTrail: Pick<AuditTrail, 'record'>;
  readonly #clock: Clock;

  constructor(database: Database, auditTrail: Pick<AuditTrail, 'record'>, clock: Clock) {
    this.#database = database;
    this.#auditTrail = auditTrail;
    this.#clock = clock;
  }

  /** Gives a new device its version 1: belongs to the registry's hooks of device creation. Throws `CONFIG_TOO_LARGE`. */
  readonly storeFirst: DeviceCreated = async (executor, device, payload) => {
    checkSize(payload);
    await store.insertConfig(executor, device.numId, this.#version(1, payload), LIMITS.configVersionsKept);
  };

  /**
   * Makes `payload` the device's config.
   *
   * @param versionToUpdate the version this is to follow; 0: whatever there is
   * @param principal whom the audit trail names
   * @throws `CONFIG_TOO_LARGE`, `DEVICE_NOT_FOUND`, `CONFIG_VERSION_MISMATCH`
   */
  async modify(
    name: DeviceName,
    payload: Uint8Array,
    versionToUpdate: number,
    principal: string,
  ): Promise<ConfigVersion> {
    checkSize(payload);
    const change = await this.#database.transaction(async (executor) => {
      const device = await requireDevice(executor, name);
      const [before] = await store.listConfigs(executor, device.numId, 1);
      const current = before?.version ?? 0;
      const resource = formatDeviceName(deviceNameOf(device));
      if (versionToUpdate !== 0 && versionToUpdate !== current) {
        throw twinError('CONFIG_VERSION_MISMATCH', { device: resource, versionToUpdate, current });
      }
      const config = this.#version(current + 1, payload);
      await store.insertConfig(executor, device.numId, config, LIMITS.configVersionsKept);
      await this.#auditTrail.record(executor, {
        principal,
        action: 'modifyCloudToDeviceConfig',
        resource,
        before: before === undefined ? undefined : auditedConfig(before),
        after: auditedConfig(config),
      });
      return { numId: device.numId, config };
    });
    this.changes.tell(change);
    return change.config;
  }

  /**
   * The kept versions of a device's config, newest first.
   *
   * @param limit 0: all
   * @throws `DEVICE_NOT_FOUND`
   */
  async versions(name: DeviceName, limit: number): Promise<readonly ConfigVersion[]> {
    const { executor } = this.#database;
    const device = await requireDevice(executor, name);
    return store.listConfigs(executor, device.numId, limit === 0 ? LIMITS.configVersionsKept : limit);
  }

  /** The config that the device is to have now; `undefined` when the device has been deleted. */
  async configOf(numId: number): Promise<ConfigVersion | undefined> {
    const [newest] = await store.listConfigs(this.#database.executor, numId, 1);
    return newest;
  }

  #version(version: number, payload: Uint8Array): ConfigVersion {
    return { version, cloudUpdateMs: this.#clock.now(), deviceAckMs: undefined, payload };
  }
}

function checkSize(payload: Uint8Array): void {
  const limit = LIMITS.configBytes;
  if (payload.length > limit) throw twinError('CONFIG_TOO_LARGE', { limit, bytes: payload.length });
}

function auditedConfig({ version, payload }: ConfigVersion): object {
  return { version, payload: digestOf(payload) };
}
