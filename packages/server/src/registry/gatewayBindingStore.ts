import { type Kysely, sql } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { RegistryTables } from './migrations.ts';

/** The two ends of a binding, by numeric id. */
export interface GatewayBinding {
  readonly gatewayNumId: number;
  readonly deviceNumId: number;
}

export async function hasBinding(executor: Executor, { gatewayNumId, deviceNumId }: GatewayBinding): Promise<boolean> {
  const row = await tablesOf(executor)
    .selectFrom('gateway_binding')
    .select('device_num_id')
    .where('gateway_num_id', '=', gatewayNumId)
    .where('device_num_id', '=', deviceNumId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertBinding(executor: Executor, { gatewayNumId, deviceNumId }: GatewayBinding): Promise<void> {
  const row = { gateway_num_id: gatewayNumId, device_num_id: deviceNumId };
  await tablesOf(executor).insertInto('gateway_binding').values(row).execute();
}

export async function deleteBinding(executor: Executor, { gatewayNumId, deviceNumId }: GatewayBinding): Promise<void> {
  await tablesOf(executor)
    .deleteFrom('gateway_binding')
    .where('gateway_num_id', '=', gatewayNumId)
    .where('device_num_id', '=', deviceNumId)
    .execute();
}

/** How many devices are bound to the gateway. */
export function countDevices(executor: Executor, gatewayNumId: number): Promise<number> {
  return countWhere(executor, 'gateway_num_id', gatewayNumId);
}

/** To how many gateways the device is bound. */
export function countGateways(executor: Executor, deviceNumId: number): Promise<number> {
  return countWhere(executor, 'device_num_id', deviceNumId);
}

async function countWhere(
  executor: Executor,
  column: keyof RegistryTables['gateway_binding'],
  numId: number,
): Promise<number> {
  const { count } = await tablesOf(executor)
    .selectFrom('gateway_binding')
    .select(sql<number>`count(*)`.as('count'))
    .where(column, '=', numId)
    .executeTakeFirstOrThrow();
  return count;
}

function tablesOf(executor: Executor): Kysely<RegistryTables> {
  return executor.$extendTables<RegistryTables>();
}
