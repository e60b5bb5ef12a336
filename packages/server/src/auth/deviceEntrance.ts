import { formatDeviceName, formatRegistryName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { DeviceService } from '../registry/deviceService.ts';
import type { DeviceAtLogin, RegistryRecord } from '../registry/model.ts';
import { claimedName } from './claimedName.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';

/** By what a device comes in; a registry can shut each. */
export type DeviceProtocol = 'MQTT' | 'HTTP';

/** The device that a client id names, or why nobody may come in under it. */
export type Entrance = { readonly clientId: string; readonly protocol: DeviceProtocol } & (
  | { readonly device: DeviceAtLogin; readonly refusal?: undefined }
  | { readonly device?: DeviceAtLogin | undefined; readonly refusal: MkiotError }
);

export interface DeviceEntranceParts {
  /** The one project of this installation. */
  readonly project: string;
  readonly devices: Pick<DeviceService, 'lookUp' | 'recall'>;
}

/** Finds whom a client id names, before anything is known of who uses it. */
export class DeviceEntrance {
  readonly #parts: DeviceEntranceParts;

  constructor(parts: DeviceEntranceParts) {
    this.#parts = parts;
  }

  /**
   * The same as {@link lookUp}, without a query, for a device that came lately and may come in; else `undefined`. Only for who
   * shows its key: else its time would tell which devices come.
   */
  recall(clientId: string, protocol: DeviceProtocol): Entrance | undefined {
    const { project, devices } = this.#parts;
    const device = devices.recall(clientId);
    if (device === undefined || device.registry.project !== project) return undefined;
    if (device.blocked || isShut(device.registry, protocol)) return undefined;
    return { clientId, protocol, device };
  }

  lookUp(clientId: string, protocol: DeviceProtocol): Entrance {
    return { clientId, protocol, ...this.#find(clientId, protocol) };
  }

  #find(
    clientId: string,
    protocol: DeviceProtocol,
  ): { device: DeviceAtLogin } | { device?: DeviceAtLogin | undefined; refusal: MkiotError } {
    const name = parseDeviceName(clientId);
    if (name === undefined) {
      return { refusal: deviceLoginError('LOGIN_CLIENT_ID_MALFORMED', { characters: clientId.length }) };
    }
    const { project, devices } = this.#parts;
    if (name.project !== project) {
      return { refusal: deviceLoginError('LOGIN_PROJECT_UNKNOWN', { found: name.project, expected: project }) };
    }
    const { registry, device } = devices.lookUp(name);
    const known = device === undefined ? claimedName(name) : name;
    const context = { registry: formatRegistryName(known), device: formatDeviceName(known) };
    if (registry === undefined) return { refusal: deviceLoginError('LOGIN_REGISTRY_UNKNOWN', context) };
    if (isShut(registry, protocol)) {
      return { device, refusal: deviceLoginError(`LOGIN_${protocol}_DISABLED`, context) };
    }
    if (device === undefined) return { refusal: deviceLoginError('LOGIN_DEVICE_UNKNOWN', context) };
    return device.blocked ? { device, refusal: deviceLoginError('LOGIN_DEVICE_BLOCKED', context) } : { device };
  }
}

function isShut({ mqttState, httpState }: RegistryRecord, protocol: DeviceProtocol): boolean {
  return protocol === 'MQTT' ? mqttState === 'MQTT_DISABLED' : httpState === 'HTTP_DISABLED';
}
