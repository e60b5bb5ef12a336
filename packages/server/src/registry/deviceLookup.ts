import { isNumericId } from '@mkiot/core/contract/ids';
import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import type { Database, Executor } from '../store/database.ts';
import { KeptQuery } from '../store/keptQuery.ts';
import { credentialOf, findDevice, deviceAtLoginOf } from './deviceStore.ts';
import type { RegistryTables } from './migrations.ts';
import type { CredentialRecord, DeviceRecord, DeviceAtLogin, RegistryRecord } from './model.ts';
import { findRegistry, registryOf } from './registryStore.ts';

/** What a device's name names; what there is not is `undefined`. */
export interface NamedDevice {
  readonly registry: RegistryRecord | undefined;
  readonly device: DeviceAtLogin | undefined;
}

/**
 * Finds a device by its name in one query that is built once: each login waits for it, and SQLite takes its locks for
 * each query anew. A third of the time that the queries of the stores take; the same for a device that is not there.
 */
export class DeviceLookup {
  readonly #byId = new KeptQuery((executor) => namedQuery(executor, 'device.id', ''));
  readonly #byNumId = new KeptQuery((executor) => namedQuery(executor, 'device.num_id', 0));
  /** By key, which is never used again: the devices of a registry share its record. */
  readonly #registries = new Map<number, RegistryRecord>();

  find(database: Database, name: DeviceName): NamedDevice {
    const { project, location, registry: registryId, device: idOrNumId } = name;
    const place = [project, location, registryId];
    const rows = isNumericId(idOrNumId)
      ? this.#byNumId.committedRows(database, [Number(idOrNumId), ...place])
      : this.#byId.committedRows(database, [idOrNumId, ...place]);
    const [row] = rows;
    if (row === undefined) return { registry: undefined, device: undefined };
    const registry = this.#registryOf(row);
    return { registry, device: row.num_id === null ? undefined : deviceIn(row, row.num_id, registry, rows) };
  }

  /** One of them has been changed. */
  forgetRegistries(): void {
    this.#registries.clear();
  }

  #registryOf(row: Row): RegistryRecord {
    const registry = this.#registries.get(row.key) ?? registryOf(row);
    this.#registries.set(row.key, registry);
    return registry;
  }
}

/** All of a device by its name, with the queries of the stores: for transactions. */
export async function findNamed(executor: Executor, name: DeviceName): Promise<DeviceRecord | undefined> {
  const registry = await findRegistry(executor, name);
  return registry && findDevice(executor, registry, name.device);
}

type Row = Awaited<ReturnType<ReturnType<typeof namedQuery>['execute']>>[number];

/**
 * The registry, with a row for each credential of the device, or one without; what has a name of its own is the device's.
 * Its parameters: device, project, location, registry.
 */
function namedQuery(executor: Executor, column: 'device.id' | 'device.num_id', value: string | number) {
  return executor
    .$extendTables<RegistryTables>()
    .selectFrom('registry')
    .leftJoin('device', (join) => join.onRef('device.registry_key', '=', 'registry.key').on(column, '=', value))
    .leftJoin('device_credential as credential', 'credential.num_id', 'device.num_id')
    .selectAll('registry')
    .select(['device.num_id', 'device.id as device_id', 'device.log_level as device_log_level'])
    .select(['device.blocked', 'device.gateway_type', 'device.gateway_auth_method'])
    .select(['credential.id as credential_id', 'credential.format', 'credential.pem', 'credential.expires_at_ms'])
    .where('registry.project', '=', '')
    .where('registry.location', '=', '')
    .where('registry.id', '=', '')
    .orderBy('credential.position');
}

/** The join brings all columns of a device or none, and so it does with a credential. Without spreads: each login waits for it. */
function deviceIn(row: Row, numId: number, registry: RegistryRecord, rows: readonly Row[]): DeviceAtLogin {
  const columns = {
    num_id: numId,
    registry_key: row.key,
    id: row.device_id as string,
    blocked: row.blocked as number,
    log_level: row.device_log_level as string,
    gateway_type: row.gateway_type as string,
    gateway_auth_method: row.gateway_auth_method as string,
  };
  const credentials: CredentialRecord[] = [];
  for (const { credential_id: id, format, pem, expires_at_ms } of rows) {
    if (id !== null && format !== null && pem !== null) {
      credentials.push(credentialOf({ id, format, pem, expires_at_ms }));
    }
  }
  return deviceAtLoginOf(columns, registry, credentials);
}
