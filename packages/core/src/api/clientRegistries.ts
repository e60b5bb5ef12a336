import {
  formatLocationName,
  formatRegistryName,
  type LocationName,
  type RegistryName,
} from '../contract/resourceNames.ts';
import { type ApiCaller, apiPath } from './clientCaller.ts';
import type { DeviceRegistry, RegistryPolicy } from './resources.ts';

/** What may be said of a registry at its creation and later; what is left out keeps its default or its value. */
export type RegistryFields = Partial<Pick<DeviceRegistry, 'mqttConfig' | 'httpConfig' | 'logLevel'>> & {
  readonly policy?: Partial<RegistryPolicy>;
};

/** Device registries of Cloud IoT v1. */
export class RegistriesClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  create(parent: LocationName, id: string, fields: RegistryFields = {}): Promise<DeviceRegistry> {
    return this.#caller.call('POST', registriesPath(parent), { body: { ...fields, id } });
  }

  get(name: RegistryName): Promise<DeviceRegistry> {
    return this.#caller.call('GET', registryPath(name));
  }

  list(parent: LocationName): AsyncGenerator<DeviceRegistry, void, undefined> {
    return this.#caller.pages(registriesPath(parent), 'deviceRegistries');
  }

  /** Sets the fields that `updateMask` names, such as `logLevel` or `policy.maxSession`; one absent is cleared. */
  update(name: RegistryName, fields: RegistryFields, updateMask: readonly string[]): Promise<DeviceRegistry> {
    return this.#caller.call('PATCH', registryPath(name), {
      query: { updateMask: updateMask.join(',') },
      body: fields,
    });
  }

  /** Deletes a registry that has no devices. */
  async delete(name: RegistryName): Promise<void> {
    await this.#caller.call('DELETE', registryPath(name));
  }
}

function registriesPath(parent: LocationName): string {
  return apiPath(`${formatLocationName(parent)}/registries`);
}

function registryPath(name: RegistryName): string {
  return apiPath(formatRegistryName(name));
}
