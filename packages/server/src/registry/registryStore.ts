import type { DeviceLogin, HttpState, LogLevel, MqttState, WillHandling } from '@mkiot/core/api/resources';
import type { LocationName, RegistryName } from '@mkiot/core/contract/resourceNames';
import type { Kysely, Selectable } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { RegistryTables } from './migrations.ts';
import type { RegistryFields, RegistryRecord } from './model.ts';

type RegistryRow = Selectable<RegistryTables['registry']>;

export async function findRegistry(executor: Executor, name: RegistryName): Promise<RegistryRecord | undefined> {
  const row = await tablesOf(executor)
    .selectFrom('registry')
    .selectAll()
    .where('project', '=', name.project)
    .where('location', '=', name.location)
    .where('id', '=', name.registry)
    .executeTakeFirst();
  return row === undefined ? undefined : registryOf(row);
}

export async function findRegistryByKey(executor: Executor, key: number): Promise<RegistryRecord> {
  const query = tablesOf(executor).selectFrom('registry').selectAll().where('key', '=', key);
  return registryOf(await query.executeTakeFirstOrThrow());
}

/** Registries of a location in the order of their ids, from after `afterId` on. */
export async function listRegistries(
  executor: Executor,
  { project, location }: LocationName,
  afterId: string,
  limit: number,
): Promise<readonly RegistryRecord[]> {
  const rows = await tablesOf(executor)
    .selectFrom('registry')
    .selectAll()
    .where('project', '=', project)
    .where('location', '=', location)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(registryOf);
}

/** Where there are devices, each place once. */
export async function listPlacesOfDevices(executor: Executor): Promise<readonly LocationName[]> {
  return tablesOf(executor)
    .selectFrom('registry')
    .innerJoin('device', 'device.registry_key', 'registry.key')
    .select(['registry.project', 'registry.location'])
    .distinct()
    .execute();
}

export async function insertRegistry(executor: Executor, name: RegistryName, fields: RegistryFields): Promise<void> {
  const { project, location, registry: id } = name;
  await tablesOf(executor)
    .insertInto('registry')
    .values({ project, location, id, ...columnsOf(fields) })
    .execute();
}

export async function updateRegistry(executor: Executor, key: number, fields: RegistryFields): Promise<void> {
  await tablesOf(executor).updateTable('registry').set(columnsOf(fields)).where('key', '=', key).execute();
}

export async function deleteRegistry(executor: Executor, key: number): Promise<void> {
  await tablesOf(executor).deleteFrom('registry').where('key', '=', key).execute();
}

export async function registryHasDevices(executor: Executor, key: number): Promise<boolean> {
  const query = tablesOf(executor).selectFrom('device').select('num_id').where('registry_key', '=', key).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

function columnsOf({ mqttState, httpState, logLevel, policy, certificates }: RegistryFields) {
  return {
    mqtt_state: mqttState,
    http_state: httpState,
    log_level: logLevel,
    max_token_lifetime_ms: policy.maxTokenLifetimeMs,
    max_session_ms: policy.maxSessionMs,
    strict_state_rate: Number(policy.strictStateRate),
    maximum_qos: policy.maximumQos,
    wills: policy.wills,
    device_login: policy.deviceLogin,
    certificates: JSON.stringify(certificates),
  };
}

export function registryOf(row: RegistryRow): RegistryRecord {
  return {
    key: row.key,
    project: row.project,
    location: row.location,
    id: row.id,
    mqttState: row.mqtt_state as MqttState,
    httpState: row.http_state as HttpState,
    logLevel: row.log_level as LogLevel,
    policy: {
      maxTokenLifetimeMs: row.max_token_lifetime_ms,
      maxSessionMs: row.max_session_ms,
      strictStateRate: row.strict_state_rate === 1,
      maximumQos: row.maximum_qos === 2 ? 2 : 1,
      wills: row.wills as WillHandling,
      deviceLogin: row.device_login as DeviceLogin,
    },
    certificates: JSON.parse(row.certificates) as string[],
  };
}

function tablesOf(executor: Executor): Kysely<RegistryTables> {
  return executor.$extendTables<RegistryTables>();
}
