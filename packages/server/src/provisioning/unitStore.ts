import type { Kysely } from 'kysely';
import type { DeviceRecord } from '../registry/model.ts';
import { firstUserOfKey } from '../registry/usedKeys.ts';
import type { Executor } from '../store/database.ts';
import type { ProvisioningTables } from './migrations.ts';
import { provisioningError } from './provisioningErrors.ts';

/** A record that was registered. */
export type StoredUnit = Pick<ProvisioningTables['unit_record'], 'record' | 'num_id'>;

export function findUnit(executor: Executor, station: string, id: Uint8Array): Promise<StoredUnit | undefined> {
  return tablesOf(executor)
    .selectFrom('unit_record')
    .select(['record', 'num_id'])
    .where('station', '=', station)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function insertUnit(executor: Executor, row: ProvisioningTables['unit_record']): Promise<void> {
  await tablesOf(executor).insertInto('unit_record').values(row).execute();
}

/** In the transaction that creates `device`: none of its keys, and not `mac`, was ever another's. @throws `UNIT_KEY_USED`, `UNIT_MAC_USED` */
export async function claimIdentity(executor: Executor, device: DeviceRecord, mac: string | undefined): Promise<void> {
  for (const [index, { pem }] of device.credentials.entries()) {
    const numId = await firstUserOfKey(executor, pem);
    if (numId !== device.numId) throw provisioningError('UNIT_KEY_USED', { number: index + 1, numId });
  }
  if (mac === undefined) return;
  const tables = tablesOf(executor);
  const used = await tables.selectFrom('used_mac').select('num_id').where('mac', '=', mac).executeTakeFirst();
  if (used !== undefined) throw provisioningError('UNIT_MAC_USED', { mac, numId: used.num_id });
  await tables.insertInto('used_mac').values({ mac, num_id: device.numId }).execute();
}

function tablesOf(executor: Executor): Kysely<ProvisioningTables> {
  return executor.$extendTables<ProvisioningTables>();
}
