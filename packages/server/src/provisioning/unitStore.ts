import { type Kysely, sql } from 'kysely';
import type { DeviceRecord, RegistryRecord } from '../registry/model.ts';
import { firstUserOfKey } from '../registry/usedKeys.ts';
import type { Executor } from '../store/database.ts';
import type { ProvisioningTables } from './migrations.ts';
import { provisioningError } from './provisioningErrors.ts';

type UnitRow = ProvisioningTables['unit_record'];

/** A record that was registered. */
export type StoredUnit = Pick<UnitRow, 'record' | 'num_id'>;

/** A record with whoever has signed it. */
export interface UnitOfStation extends UnitRow {
  readonly station_name: string;
  readonly station_public_key: string;
  /** 1: its device is still there. */
  readonly has_device: number;
}

/** Narrows a list; what is undefined does not. */
export interface UnitFilter {
  readonly station?: string | undefined;
  readonly mac?: string | undefined;
}

/** A place in the list of units, which goes by station and id. */
export interface UnitPlace {
  readonly station: string;
  readonly id: Uint8Array;
}

export function findUnit(executor: Executor, station: string, id: Uint8Array): Promise<StoredUnit | undefined> {
  return tablesOf(executor)
    .selectFrom('unit_record')
    .select(['record', 'num_id'])
    .where('station', '=', station)
    .where('id', '=', id)
    .executeTakeFirst();
}

export function findUnitOfDevice(executor: Executor, numId: number): Promise<UnitRow | undefined> {
  return tablesOf(executor).selectFrom('unit_record').selectAll().where('num_id', '=', numId).executeTakeFirst();
}

/** The units that the stations of a registry have registered, also those whose devices were deleted, from after `place` on. */
export function listUnits(
  executor: Executor,
  registry: RegistryRecord,
  { station, mac }: UnitFilter,
  place: UnitPlace,
  limit: number,
): Promise<readonly UnitOfStation[]> {
  let query = tablesOf(executor)
    .selectFrom('unit_record')
    .innerJoin('station', 'station.id', 'unit_record.station')
    .selectAll('unit_record')
    .select(['station.name as station_name', 'station.public_key as station_public_key'])
    .select(sql<number>`exists (select 1 from device where device.num_id = unit_record.num_id)`.as('has_device'))
    .where('station.registry_key', '=', registry.key)
    .where(sql<boolean>`(unit_record.station, unit_record.id) > (${place.station}, ${place.id})`)
    .orderBy('unit_record.station')
    .orderBy('unit_record.id')
    .limit(limit);
  if (station !== undefined) query = query.where('unit_record.station', '=', station);
  if (mac !== undefined) query = query.where('unit_record.mac', '=', mac);
  return query.execute();
}

export async function insertUnit(executor: Executor, row: UnitRow): Promise<void> {
  await tablesOf(executor).insertInto('unit_record').values(row).execute();
}

/** In the transaction that creates `device`: none of its keys, and not `mac`, was ever another's. @throws `UNIT_KEY_USED`, `UNIT_MAC_USED` */
export async function claimIdentity(executor: Executor, device: DeviceRecord, mac: string | undefined): Promise<void> {
  for (const [index, { pem }] of device.credentials.entries()) {
    const numId = await firstUserOfKey(executor, pem);
    if (numId !== device.numId) throw provisioningError('UNIT_KEY_USED', { number: index + 1, numId });
  }
  if (mac === undefined) return;
  const numId = await findUserOfMac(executor, mac);
  if (numId !== undefined) throw provisioningError('UNIT_MAC_USED', { mac, numId });
  await tablesOf(executor).insertInto('used_mac').values({ mac, num_id: device.numId }).execute();
}

/** Numeric id of the device that has, or had, the MAC address. */
export async function findUserOfMac(executor: Executor, mac: string): Promise<number | undefined> {
  const query = tablesOf(executor).selectFrom('used_mac').select('num_id').where('mac', '=', mac);
  return (await query.executeTakeFirst())?.num_id;
}

export async function findMacOf(executor: Executor, numId: number): Promise<string | undefined> {
  const query = tablesOf(executor).selectFrom('used_mac').select('mac').where('num_id', '=', numId);
  return (await query.executeTakeFirst())?.mac;
}

/** From now on the MAC address may be registered once more. */
export async function forgetMac(executor: Executor, mac: string): Promise<void> {
  await tablesOf(executor).deleteFrom('used_mac').where('mac', '=', mac).execute();
}

function tablesOf(executor: Executor): Kysely<ProvisioningTables> {
  return executor.$extendTables<ProvisioningTables>();
}
