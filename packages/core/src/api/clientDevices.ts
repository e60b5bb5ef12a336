import { base64Encode } from '../bytes/base64.ts';
import { type DeviceName, formatDeviceName, formatRegistryName, type RegistryName } from '../contract/resourceNames.ts';
import { type ApiCaller, apiPath } from './clientCaller.ts';
import type { Device, DeviceConfig, DeviceState, FailedLogin, GatewayType, KeptSession } from './resources.ts';

/** What may be said of a device at its creation and later; what is left out keeps its default or its value. */
export type DeviceFields = Partial<Pick<Device, 'credentials' | 'blocked' | 'metadata' | 'logLevel' | 'gatewayConfig'>>;

/** Which devices of a registry are listed. */
export interface DeviceListFilter {
  /** Only devices that are connected, or that are not. */
  readonly connected?: boolean;
  readonly gatewayType?: GatewayType;
  /** Only devices that are bound to this gateway. */
  readonly associationsGatewayId?: string;
  /** Only gateways to which this device is bound. */
  readonly associationsDeviceId?: string;
}

/** Devices of Cloud IoT v1, their config, state and commands. A device is named by its id or its numeric id. */
export class DevicesClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  create(parent: RegistryName, id: string, fields: DeviceFields = {}): Promise<Device> {
    return this.#caller.call('POST', devicesPath(parent), { body: { ...fields, id } });
  }

  get(name: DeviceName): Promise<Device> {
    return this.#caller.call('GET', devicePath(name));
  }

  /** @param fieldMask which fields beside `id` and `numId` are wanted, such as `blocked` */
  list(
    parent: RegistryName,
    fieldMask: readonly string[] = [],
    { connected, gatewayType, associationsGatewayId, associationsDeviceId }: DeviceListFilter = {},
  ): AsyncGenerator<Device, void, undefined> {
    const query = {
      fieldMask: fieldMask.length === 0 ? undefined : fieldMask.join(','),
      connected: connected === undefined ? undefined : String(connected),
      'gatewayListOptions.gatewayType': gatewayType,
      'gatewayListOptions.associationsGatewayId': associationsGatewayId,
      'gatewayListOptions.associationsDeviceId': associationsDeviceId,
    };
    return this.#caller.pages(devicesPath(parent), 'devices', { query });
  }

  /** Sets the fields that `updateMask` names; one absent is cleared. */
  update(name: DeviceName, fields: DeviceFields, updateMask: readonly string[]): Promise<Device> {
    return this.#caller.call('PATCH', devicePath(name), { query: { updateMask: updateMask.join(',') }, body: fields });
  }

  async delete(name: DeviceName): Promise<void> {
    await this.#caller.call('DELETE', devicePath(name));
  }

  /** Lets the device `deviceId` go through the gateway `gatewayId` of the same registry. */
  async bindToGateway(parent: RegistryName, gatewayId: string, deviceId: string): Promise<void> {
    const path = apiPath(formatRegistryName(parent), 'bindDeviceToGateway');
    await this.#caller.call('POST', path, { body: { gatewayId, deviceId } });
  }

  async unbindFromGateway(parent: RegistryName, gatewayId: string, deviceId: string): Promise<void> {
    const path = apiPath(formatRegistryName(parent), 'unbindDeviceFromGateway');
    await this.#caller.call('POST', path, { body: { gatewayId, deviceId } });
  }

  /** @param versionToUpdate only if this is the current version; `'0'`: whatever it is */
  modifyConfig(name: DeviceName, binaryData: Uint8Array, versionToUpdate = '0'): Promise<DeviceConfig> {
    return this.#caller.call('POST', devicePath(name, 'modifyCloudToDeviceConfig'), {
      body: { versionToUpdate, binaryData: base64Encode(binaryData) },
    });
  }

  /** The versions kept, newest first. */
  async configVersions(name: DeviceName): Promise<readonly DeviceConfig[]> {
    const path = apiPath(`${formatDeviceName(name)}/configVersions`);
    const { deviceConfigs } = await this.#caller.call<{ deviceConfigs?: DeviceConfig[] }>('GET', path);
    return deviceConfigs ?? [];
  }

  /** The states kept, newest first. */
  async states(name: DeviceName): Promise<readonly DeviceState[]> {
    const path = apiPath(`${formatDeviceName(name)}/states`);
    const { deviceStates } = await this.#caller.call<{ deviceStates?: DeviceState[] }>('GET', path);
    return deviceStates ?? [];
  }

  /** Refused logins under the name of the device, newest first. */
  failedLogins(name: DeviceName): AsyncGenerator<FailedLogin, void, undefined> {
    return this.#caller.pages(apiPath(`${formatDeviceName(name)}/failedLogins`), 'failedLogins');
  }

  /** Refused logins of all devices and of those that do not exist, newest first. */
  allFailedLogins(project: string): AsyncGenerator<FailedLogin, void, undefined> {
    return this.#caller.pages(apiPath(`projects/${project}/failedLogins`), 'failedLogins');
  }

  /** What waits for the device, and what was dropped. */
  keptSession(name: DeviceName): Promise<KeptSession> {
    return this.#caller.call('GET', apiPath(`${formatDeviceName(name)}/keptSession`));
  }

  /**
   * Resolves when the device has acknowledged, or at QoS 0 when the command has been handed to its connection; with the time
   * until which it waits when it is queued.
   *
   * @param queueForSeconds how long it may wait for a device whose session is kept; 0: the device has to be there
   */
  sendCommand(
    name: DeviceName,
    binaryData: Uint8Array,
    subfolder = '',
    queueForSeconds = 0,
  ): Promise<{ readonly queuedUntilTime?: string }> {
    const queued = queueForSeconds === 0 ? {} : { queueFor: `${queueForSeconds}s` };
    return this.#caller.call('POST', devicePath(name, 'sendCommandToDevice'), {
      body: { binaryData: base64Encode(binaryData), subfolder, ...queued },
    });
  }
}

function devicesPath(parent: RegistryName): string {
  return apiPath(`${formatRegistryName(parent)}/devices`);
}

function devicePath(name: DeviceName, verb = ''): string {
  return apiPath(formatDeviceName(name), verb);
}
