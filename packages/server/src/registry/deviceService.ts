import { LIMITS } from '@mkiot/core/contract/limits';
import { type DeviceName, formatDeviceName, type RegistryName } from '@mkiot/core/contract/resourceNames';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { digestOf } from '../auditTrail/digest.ts';
import type { Executor } from '../store/database.ts';
import { auditedDevice, narrowTo } from './audited.ts';
import { Changes } from './changes.ts';
import { checkCredentials } from './credentials.ts';
import { DeviceLookup, findNamed, type NamedDevice } from './deviceLookup.ts';
import * as store from './deviceStore.ts';
import { checkMetadata } from './metadata.ts';
import {
  type DeviceChange,
  type DeviceFields,
  deviceNameOf,
  type DeviceRecord,
  type DeviceAtLogin,
  type RegistryChange,
} from './model.ts';
import { randomNumericId } from './numericId.ts';
import { type Page, pageById, type PageRequest } from './page.ts';
import { RecentDevices } from './recentDevices.ts';
import { registryError } from './registryErrors.ts';
import { checkResourceId, type RegistryParts, requireRegistry } from './registryService.ts';

/** A device of which nothing was said. */
export const DEVICE_DEFAULTS: DeviceFields = {
  blocked: false,
  metadata: {},
  logLevel: 'LOG_LEVEL_UNSPECIFIED',
  gatewayType: 'GATEWAY_TYPE_UNSPECIFIED',
  gatewayAuthMethod: 'GATEWAY_AUTH_METHOD_UNSPECIFIED',
  credentials: [],
};

/**
 * Called in the transaction that creates a device, with the config given at creation (empty when there was none). It
 * stores what else belongs to the device; when it throws, there is no device.
 */
export type DeviceCreated = (executor: Executor, device: DeviceRecord, config: Uint8Array) => Promise<void>;

export interface DeviceParts extends Omit<RegistryParts, 'place'> {
  readonly randomFill: RandomFill;
  readonly created: readonly DeviceCreated[];
  /** Of the registries that the devices are in. */
  readonly registryChanges: Changes<RegistryChange>;
}

/** What is said of a device at its creation. */
export interface NewDevice extends Partial<DeviceFields> {
  readonly config?: Uint8Array | undefined;
}

/** Narrows a list of devices. Gateways and devices are named by id or numeric id. */
export interface DeviceListFilter extends Omit<store.DeviceFilter, 'boundToGateway' | 'gatewaysOfDevice'> {
  /** Only devices that are bound to this gateway. */
  readonly associationsGatewayId?: string | undefined;
  /** Only gateways to which this device is bound. */
  readonly associationsDeviceId?: string | undefined;
}

/** Devices (IoT Core's API, 3.1 to 3.5), named by id or numeric id. `principal` is whom the audit trail names. */
export class DeviceService {
  /** Told after the commit: sessions of blocked and deleted devices and of removed keys are cut by it. */
  readonly changes = new Changes<DeviceChange>();
  readonly #parts: DeviceParts;
  readonly #lookup = new DeviceLookup();
  readonly #recent = new RecentDevices();

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    parts.registryChanges.listen(() => {
      this.#lookup.forgetRegistries();
      this.#recent.forgetAll();
    });
  }

  /** What a login needs, as fast as a query can be, and as fast for a device that is not there. */
  lookUp(name: DeviceName): NamedDevice {
    const found = this.#lookup.find(this.#parts.database, name);
    if (found.device !== undefined) this.#recent.remember(formatDeviceName(name), found.device);
    return found;
  }

  /** The device with this full name as it is now, if it was looked up lately: without a query. */
  recall(name: string): DeviceAtLogin | undefined {
    return this.#recent.get(name);
  }

  findDevice(name: DeviceName): DeviceAtLogin | undefined {
    return this.lookUp(name).device;
  }

  findDeviceByNumId(numId: number): Promise<DeviceRecord | undefined> {
    return store.findDeviceByNumId(this.#parts.database.executor, numId);
  }

  /** @throws `DEVICE_NOT_FOUND` */
  get(name: DeviceName): Promise<DeviceRecord> {
    return requireDevice(this.#parts.database.executor, name);
  }

  /** @throws `REGISTRY_NOT_FOUND`, `DEVICE_NOT_FOUND`, `PAGE_TOKEN_MALFORMED`, `TOO_MANY_IDS` */
  async list(parent: RegistryName, filter: DeviceListFilter, page: PageRequest): Promise<Page<DeviceRecord>> {
    checkIdCount('deviceIds', filter.ids);
    checkIdCount('deviceNumIds', filter.numIds);
    const { executor } = this.#parts.database;
    const registry = await requireRegistry(executor, parent);
    const { associationsGatewayId, associationsDeviceId, ...rest } = filter;
    const numIdOf = async (device: string | undefined): Promise<number | undefined> =>
      device === undefined ? undefined : (await requireDevice(executor, { ...parent, device })).numId;
    const boundToGateway = await numIdOf(associationsGatewayId);
    const gatewaysOfDevice = await numIdOf(associationsDeviceId);
    const narrowed = { ...rest, boundToGateway, gatewaysOfDevice };
    return pageById(page, (afterId, limit) => store.listDevices(executor, registry, narrowed, afterId, limit));
  }

  /**
   * @param name its last part is the new device's id
   * @param given what is left out has its default
   * @param alongside what this creation alone stores in its transaction; when it throws, there is no device
   * @throws `REGISTRY_NOT_FOUND`, `RESOURCE_ID_UNFIT`, `DEVICE_EXISTS`, `CREDENTIAL…`, `KEY_…`, `METADATA_…`
   */
  async create(
    name: DeviceName,
    given: NewDevice,
    principal: string,
    alongside?: DeviceCreated,
  ): Promise<DeviceRecord> {
    const { database, auditTrail, created } = this.#parts;
    const { config = new Uint8Array(), ...fieldsGiven } = given;
    checkResourceId(name.device, 'device');
    const fields = { ...DEVICE_DEFAULTS, ...fieldsGiven };
    const device = await database.transaction(async (executor) => {
      const registry = await requireRegistry(executor, name);
      if ((await store.findDevice(executor, registry, name.device)) !== undefined) {
        throw registryError('DEVICE_EXISTS', { device: formatDeviceName(name) });
      }
      this.#checkFields(fields, DEVICE_DEFAULTS, registry.certificates);
      const numId = await this.#issueNumericId(executor);
      await store.insertDevice(executor, numId, registry.key, name.device, fields);
      await store.replaceCredentials(executor, numId, fields.credentials);
      const inserted = await requireDevice(executor, name);
      for (const onCreated of created) await onCreated(executor, inserted, config);
      await alongside?.(executor, inserted, config);
      const after = { ...auditedDevice(fields), numId, config: digestOf(config) };
      await auditTrail.record(executor, { principal, action: 'createDevice', resource: formatDeviceName(name), after });
      return inserted;
    });
    this.changes.tell({ numId: device.numId, device });
    return device;
  }

  /** Sets the fields given. Throws `DEVICE_NOT_FOUND`, `CREDENTIAL…`, `KEY_…`, `METADATA_…`. */
  async patch(name: DeviceName, given: Partial<DeviceFields>, principal: string): Promise<DeviceRecord> {
    const { database, auditTrail } = this.#parts;
    const device = await database.transaction(async (executor) => {
      const before = await requireDevice(executor, name);
      const fields = { ...before, ...given };
      this.#checkFields(fields, before, before.registry.certificates);
      await store.updateDevice(executor, before.numId, fields);
      if (given.credentials) await store.replaceCredentials(executor, before.numId, given.credentials);
      const after = await requireDevice(executor, name);
      const names = Object.keys(given);
      await auditTrail.record(executor, {
        principal,
        action: 'updateDevice',
        resource: formatDeviceName(deviceNameOf(before)),
        before: narrowTo(auditedDevice(before), names),
        after: narrowTo(auditedDevice(after), names),
      });
      return after;
    });
    this.#recent.forget(device);
    this.changes.tell({ numId: device.numId, device });
    return device;
  }

  /** Deletes a device with everything that belongs to it. Throws `DEVICE_NOT_FOUND`. */
  async delete(name: DeviceName, principal: string): Promise<void> {
    const { database, auditTrail } = this.#parts;
    const deleted = await database.transaction(async (executor) => {
      const device = await requireDevice(executor, name);
      await store.deleteDevice(executor, device.numId);
      const before = { ...auditedDevice(device), numId: device.numId };
      const resource = formatDeviceName(deviceNameOf(device));
      await auditTrail.record(executor, { principal, action: 'deleteDevice', resource, before });
      return device;
    });
    this.#recent.forget(deleted);
    this.changes.tell({ numId: deleted.numId, device: undefined });
  }

  async #issueNumericId(executor: Executor): Promise<number> {
    for (;;) {
      const numId = randomNumericId(this.#parts.randomFill);
      if (await store.issueNumericId(executor, numId)) return numId;
    }
  }

  #checkFields(fields: DeviceFields, before: DeviceFields, registryCertificates: readonly string[]): void {
    checkMetadata(fields.metadata);
    checkCredentials(fields.credentials, before.credentials, registryCertificates, this.#parts.clock.now());
  }
}

/** @throws `DEVICE_NOT_FOUND`, also where there is no such registry */
export async function requireDevice(executor: Executor, name: DeviceName): Promise<DeviceRecord> {
  const device = await findNamed(executor, name);
  if (device === undefined) throw registryError('DEVICE_NOT_FOUND', { device: formatDeviceName(name) });
  return device;
}

function checkIdCount(field: string, ids: readonly unknown[] = []): void {
  const max = LIMITS.idsPerListRequest;
  if (ids.length > max) throw registryError('TOO_MANY_IDS', { field, max, found: ids.length });
}
