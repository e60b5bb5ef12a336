import { isNumericId } from '@mkiot/core/contract/ids';
import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import type { Selectable } from 'kysely';
import type { Database, Executor } from '../store/database.ts';
import { KeptQuery } from '../store/keptQuery.ts';
import { credentialOf, deviceOf, findDevice } from './deviceStore.ts';
import type { RegistryTables } from './migrations.ts';
import type { DeviceRecord, RegistryRecord } from './model.ts';
import { findRegistry, registryOf } from './registryStore.ts';

/** What a device's name names; what there is not is `undefined`. */
export interface NamedDevice {
  readonly registry: RegistryRecord | undefined;
  readonly device: DeviceRecord | undefined;
}

/**
 * Finds a device by its name in one query that is built once: each login waits for it, and SQLite takes its locks for
 * each query anew. A third of the time that the queries of the stores take; the same for a device that is not there.
 */
export class DeviceLookup {
  readonly #byId = new KeptQuery((executor) => namedQuery(executor, 'device.id', ''));
  readonly #byNumId = new KeptQuery((executor) => namedQuery(executor, 'device.num_id', 0));

  find(database: Database, name: DeviceName): NamedDevice {
    const { project, location, registry: registryId, device: idOrNumId } = name;
    const place = [project, location, registryId];
    const rows = isNumericId(idOrNumId)
      ? this.#byNumId.committedRows(database, [Number(idOrNumId), ...place])
      : this.#byId.committedRows(database, [idOrNumId, ...place]);
    const [row] = rows;
    if (row === undefined) return { registry: undefined, device: undefined };
    const registry = registryOf(row);
    const { num_id } = row;
    if (num_id === null) return { registry, device: undefined };
    // The join brings all columns of a device or none.
    const { device_id: id, device_log_level: log_level } = row;
    const device = { ...row, num_id, registry_key: row.key, id, log_level } as Selectable<RegistryTables['device']>;
    return { registry, device: deviceOf(device, registry, rows.flatMap(credentialIn)) };
  }
}

/** The same by the queries of the stores: for transactions. */
export async function findNamed(executor: Executor, name: DeviceName): Promise<NamedDevice> {
  const registry = await findRegistry(executor, name);
  return { registry, device: registry && (await findDevice(executor, registry, name.device)) };
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
    .select(['device.blocked', 'device.metadata', 'device.gateway_type', 'device.gateway_auth_method'])
    .select(['credential.id as credential_id', 'credential.format', 'credential.pem', 'credential.expires_at_ms'])
    .where('registry.project', '=', '')
    .where('registry.location', '=', '')
    .where('registry.id', '=', '')
    .orderBy('credential.position');
}

function credentialIn({ credential_id: id, format, pem, expires_at_ms }: Row) {
  return id === null || format === null || pem === null ? [] : [credentialOf({ id, format, pem, expires_at_ms })];
}
