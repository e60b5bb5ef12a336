import type { GatewayAuthMethod, GatewayType, LogLevel, PublicKeyFormat } from '@mkiot/core/api/resources';
import { isNumericId } from '@mkiot/core/contract/ids';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { RegistryTables } from './migrations.ts';
import type {
  CredentialFields,
  CredentialRecord,
  DeviceFields,
  DeviceRecord,
  DeviceAtLogin,
  RegistryRecord,
} from './model.ts';
import { findRegistryByKey } from './registryStore.ts';
import { noteUsedKey } from './usedKeys.ts';

type DeviceRow = Selectable<RegistryTables['device']>;

type CredentialRow = Pick<Selectable<RegistryTables['device_credential']>, 'id' | 'format' | 'pem' | 'expires_at_ms'>;

/** Narrows a list; what is undefined does not. `ids` and `numIds` together name the devices wanted. */
export interface DeviceFilter {
  readonly ids?: readonly string[] | undefined;
  readonly numIds?: readonly number[] | undefined;
  readonly isGateway?: boolean | undefined;
  /** Numeric ids: no others, however they are named. */
  readonly among?: readonly number[] | undefined;
  /** Numeric ids: not these. */
  readonly except?: readonly number[] | undefined;
  /** Only devices that are bound to this gateway, by numeric id. */
  readonly boundToGateway?: number | undefined;
  /** Only gateways to which this device is bound, by numeric id. */
  readonly gatewaysOfDevice?: number | undefined;
}

/** @param idOrNumId ids start with a letter, so digits are a numeric id */
export async function findDevice(
  executor: Executor,
  registry: RegistryRecord,
  idOrNumId: string,
): Promise<DeviceRecord | undefined> {
  const devices = tablesOf(executor).selectFrom('device').selectAll().where('registry_key', '=', registry.key);
  const query = isNumericId(idOrNumId)
    ? devices.where('num_id', '=', Number(idOrNumId))
    : devices.where('id', '=', idOrNumId);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : deviceOf(row, registry, await credentialsOf(executor, row.num_id));
}

export async function findDeviceByNumId(executor: Executor, numId: number): Promise<DeviceRecord | undefined> {
  const query = tablesOf(executor).selectFrom('device').selectAll().where('num_id', '=', numId);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const registry = await findRegistryByKey(executor, row.registry_key);
  return deviceOf(row, registry, await credentialsOf(executor, numId));
}

/** Devices of a registry in the order of their ids, from after `afterId` on. */
export async function listDevices(
  executor: Executor,
  registry: RegistryRecord,
  filter: DeviceFilter,
  afterId: string,
  limit: number,
): Promise<readonly DeviceRecord[]> {
  const { ids, numIds, isGateway, boundToGateway, gatewaysOfDevice, among, except } = filter;
  let query = tablesOf(executor)
    .selectFrom('device')
    .selectAll()
    .where('registry_key', '=', registry.key)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit);
  if (isGateway !== undefined) query = query.where('gateway_type', isGateway ? '=' : '!=', 'GATEWAY');
  if (boundToGateway !== undefined) {
    query = query.where(
      sql<boolean>`num_id in (select device_num_id from gateway_binding where gateway_num_id = ${boundToGateway})`,
    );
  }
  if (gatewaysOfDevice !== undefined) {
    query = query.where(
      sql<boolean>`num_id in (select gateway_num_id from gateway_binding where device_num_id = ${gatewaysOfDevice})`,
    );
  }
  if (ids !== undefined || numIds !== undefined) {
    query = query.where((where) =>
      where.or([sql<boolean>`id in ${setOf(ids)}`, sql<boolean>`num_id in ${setOf(numIds)}`]),
    );
  }
  if (among !== undefined) query = query.where(sql<boolean>`num_id in ${setOf(among)}`);
  if (except !== undefined) query = query.where(sql<boolean>`num_id not in ${setOf(except)}`);
  const rows = await query.execute();
  const credentials = await credentialsByDevice(executor, rows);
  return rows.map((row) => deviceOf(row, registry, credentials.get(row.num_id) ?? []));
}

/** One parameter for a set of any size. */
function setOf(values: readonly (string | number)[] = []) {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/** Whether `numId` was free; from then on it is taken for ever. */
export async function issueNumericId(executor: Executor, numId: number): Promise<boolean> {
  const insert = tablesOf(executor).insertInto('issued_num_id').values({ num_id: numId });
  const { numInsertedOrUpdatedRows } = await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function insertDevice(
  executor: Executor,
  numId: number,
  registryKey: number,
  id: string,
  fields: DeviceFields,
): Promise<void> {
  const row = { num_id: numId, registry_key: registryKey, id, ...columnsOf(fields) };
  await tablesOf(executor).insertInto('device').values(row).execute();
}

export async function updateDevice(executor: Executor, numId: number, fields: Omit<DeviceFields, 'credentials'>) {
  await tablesOf(executor).updateTable('device').set(columnsOf(fields)).where('num_id', '=', numId).execute();
}

/** What else belongs to the device goes with it, also in other slices' tables. Its numeric id stays taken. */
export async function deleteDevice(executor: Executor, numId: number): Promise<void> {
  await tablesOf(executor).deleteFrom('device').where('num_id', '=', numId).execute();
}

/**
 * Makes `credentials` the device's keys, in their order. A key that the device had keeps its id: who is logged in with it
 * stays.
 */
export async function replaceCredentials(
  executor: Executor,
  numId: number,
  credentials: readonly CredentialFields[],
): Promise<void> {
  const tables = tablesOf(executor);
  const had = [...(await credentialsOf(executor, numId))];
  for (const [position, { format, pem, expiresAtMs }] of credentials.entries()) {
    const columns = { format, pem, expires_at_ms: expiresAtMs ?? null, position };
    const index = had.findIndex((credential) => credential.format === format && credential.pem === pem);
    const [kept] = index < 0 ? [] : had.splice(index, 1);
    if (kept === undefined) {
      await tables
        .insertInto('device_credential')
        .values({ num_id: numId, ...columns })
        .execute();
      await noteUsedKey(executor, pem, numId);
    } else {
      await tables.updateTable('device_credential').set(columns).where('id', '=', kept.id).execute();
    }
  }
  for (const { id } of had) await tables.deleteFrom('device_credential').where('id', '=', id).execute();
}

async function credentialsOf(executor: Executor, numId: number): Promise<readonly CredentialRecord[]> {
  return (await credentialsByDevice(executor, [{ num_id: numId }])).get(numId) ?? [];
}

async function credentialsByDevice(
  executor: Executor,
  devices: readonly Pick<DeviceRow, 'num_id'>[],
): Promise<ReadonlyMap<number, readonly CredentialRecord[]>> {
  const rows = await tablesOf(executor)
    .selectFrom('device_credential')
    .selectAll()
    .where(sql<boolean>`num_id in ${setOf(devices.map((device) => device.num_id))}`)
    .orderBy('position')
    .execute();
  const credentials = new Map<number, CredentialRecord[]>();
  for (const row of rows) {
    const ofDevice = credentials.get(row.num_id);
    if (ofDevice === undefined) credentials.set(row.num_id, [credentialOf(row)]);
    else ofDevice.push(credentialOf(row));
  }
  return credentials;
}

export function credentialOf({ id, format, pem, expires_at_ms: expiresAtMs }: CredentialRow): CredentialRecord {
  return { id, format: format as PublicKeyFormat, pem, expiresAtMs: expiresAtMs ?? undefined };
}

function columnsOf(fields: Omit<DeviceFields, 'credentials'>) {
  return {
    blocked: Number(fields.blocked),
    metadata: JSON.stringify(fields.metadata),
    log_level: fields.logLevel,
    gateway_type: fields.gatewayType,
    gateway_auth_method: fields.gatewayAuthMethod,
  };
}

function deviceOf(row: DeviceRow, registry: RegistryRecord, credentials: readonly CredentialRecord[]): DeviceRecord {
  const metadata = JSON.parse(row.metadata) as Record<string, string>;
  return { ...deviceAtLoginOf(row, registry, credentials), metadata };
}

export function deviceAtLoginOf(
  row: Omit<DeviceRow, 'metadata'>,
  registry: RegistryRecord,
  credentials: readonly CredentialRecord[],
): DeviceAtLogin {
  return {
    numId: row.num_id,
    registry,
    id: row.id,
    blocked: row.blocked === 1,
    logLevel: row.log_level as LogLevel,
    gatewayType: row.gateway_type as GatewayType,
    gatewayAuthMethod: row.gateway_auth_method as GatewayAuthMethod,
    credentials,
  };
}

function tablesOf(executor: Executor): Kysely<RegistryTables> {
  return executor.$extendTables<RegistryTables>();
}
