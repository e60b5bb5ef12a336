import { isNumericId } from '@mkiot/core/contract/ids';
import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import type { Executor } from '../store/database.ts';
import { KeptQuery } from '../store/keptQuery.ts';
import { credentialOf, credentialsQuery, deviceOf, deviceQuery, findDevice } from './deviceStore.ts';
import type { DeviceRecord } from './model.ts';
import { registryOf, registryQuery } from './registryStore.ts';

const ANY = { project: '', location: '', registry: '' };

/** Finds a device by its name without building a query: a third of the time that the queries of the store take. */
export class DeviceLookup {
  readonly #registry = new KeptQuery((executor) => registryQuery(executor, ANY));
  readonly #device = new KeptQuery((executor) => deviceQuery(executor, 0, ''));
  readonly #credentials = new KeptQuery((executor) => credentialsQuery(executor, []));

  async find(executor: Executor, name: DeviceName): Promise<DeviceRecord | undefined> {
    const { project, location, registry: registryId, device: deviceId } = name;
    const [registryRow] = await this.#registry.rows(executor, [project, location, registryId]);
    if (registryRow === undefined) return undefined;
    const registry = registryOf(registryRow);
    if (isNumericId(deviceId)) return findDevice(executor, registry, deviceId);
    const [row] = await this.#device.rows(executor, [registry.key, deviceId]);
    if (row === undefined) return undefined;
    const credentials = await this.#credentials.rows(executor, [JSON.stringify([row.num_id])]);
    return deviceOf(row, registry, credentials.map(credentialOf));
  }
}
