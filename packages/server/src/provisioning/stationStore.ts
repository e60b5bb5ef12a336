import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import { type Kysely, sql } from 'kysely';
import { registryNameOf, type RegistryRecord } from '../registry/model.ts';
import { findRegistryByKey } from '../registry/registryStore.ts';
import type { Executor } from '../store/database.ts';
import type { CreationPlace } from './creationPage.ts';
import type { ProvisioningTables } from './migrations.ts';
import type { StationRecord } from './model.ts';

export async function findStation(executor: Executor, id: string): Promise<StationRecord | undefined> {
  const row = await tablesOf(executor).selectFrom('station').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  return stationOf(row, registryNameOf(await findRegistryByKey(executor, row.registry_key)));
}

/** Those that come after the place, the oldest first. */
export async function listStations(
  executor: Executor,
  registry: RegistryRecord,
  after: CreationPlace,
  limit: number,
): Promise<readonly StationRecord[]> {
  const rows = await tablesOf(executor)
    .selectFrom('station')
    .selectAll()
    .where('registry_key', '=', registry.key)
    .where(sql<boolean>`(created_ms, id) > (${after.createdAtMs}, ${after.id})`)
    .orderBy('created_ms')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => stationOf(row, registryNameOf(registry)));
}

export async function hasStationKey(executor: Executor, publicKey: string): Promise<boolean> {
  const query = tablesOf(executor).selectFrom('station').select('id').where('public_key', '=', publicKey);
  return (await query.executeTakeFirst()) !== undefined;
}

export async function insertStation(executor: Executor, registryKey: number, station: StationRecord): Promise<void> {
  const row = {
    id: station.id,
    registry_key: registryKey,
    name: station.name,
    public_key: station.publicKey,
    max_devices: station.maxDevices,
    registered_devices: station.registeredDevices,
    created_ms: station.createdAtMs,
    expires_ms: station.expiresAtMs,
    revoked_ms: station.revokedAtMs ?? null,
    last_used_ms: station.lastUsedAtMs ?? null,
  };
  await tablesOf(executor).insertInto('station').values(row).execute();
}

export async function markStationRevoked(executor: Executor, id: string, atMs: number): Promise<void> {
  await tablesOf(executor).updateTable('station').set({ revoked_ms: atMs }).where('id', '=', id).execute();
}

export async function countDevice(executor: Executor, id: string, atMs: number): Promise<void> {
  await tablesOf(executor)
    .updateTable('station')
    .set((row) => ({ registered_devices: row('registered_devices', '+', 1), last_used_ms: atMs }))
    .where('id', '=', id)
    .execute();
}

function stationOf(row: ProvisioningTables['station'], registry: RegistryName): StationRecord {
  return {
    id: row.id,
    name: row.name,
    registry,
    publicKey: row.public_key,
    maxDevices: row.max_devices,
    registeredDevices: row.registered_devices,
    createdAtMs: row.created_ms,
    expiresAtMs: row.expires_ms,
    revokedAtMs: row.revoked_ms ?? undefined,
    lastUsedAtMs: row.last_used_ms ?? undefined,
  };
}

function tablesOf(executor: Executor): Kysely<ProvisioningTables> {
  return executor.$extendTables<ProvisioningTables>();
}
