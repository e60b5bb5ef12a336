import type { Kysely, Selectable } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { TwinTables } from './migrations.ts';
import type { ConfigVersion } from './model.ts';

/** Versions of a device's config, newest first, at most `limit`. */
export async function listConfigs(executor: Executor, numId: number, limit: number): Promise<readonly ConfigVersion[]> {
  const rows = await tablesOf(executor)
    .selectFrom('device_config')
    .selectAll()
    .where('num_id', '=', numId)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map(versionOf);
}

/** Adds a version and drops those that are more than `kept` old. */
export async function insertConfig(
  executor: Executor,
  numId: number,
  config: ConfigVersion,
  kept: number,
): Promise<void> {
  const { version, cloudUpdateMs, payload } = config;
  const row = { num_id: numId, version, cloud_update_ms: cloudUpdateMs, device_ack_ms: null, payload };
  await tablesOf(executor).insertInto('device_config').values(row).execute();
  await tablesOf(executor)
    .deleteFrom('device_config')
    .where('num_id', '=', numId)
    .where('version', '<=', version - kept)
    .execute();
}

/** Notes the first acknowledgement of a version; later ones change nothing. */
export async function acknowledgeConfig(
  executor: Executor,
  numId: number,
  version: number,
  atMs: number,
): Promise<void> {
  await tablesOf(executor)
    .updateTable('device_config')
    .set({ device_ack_ms: atMs })
    .where('num_id', '=', numId)
    .where('version', '=', version)
    .where('device_ack_ms', 'is', null)
    .execute();
}

function versionOf(row: Selectable<TwinTables['device_config']>): ConfigVersion {
  return {
    version: row.version,
    cloudUpdateMs: row.cloud_update_ms,
    deviceAckMs: row.device_ack_ms ?? undefined,
    payload: row.payload,
  };
}

function tablesOf(executor: Executor): Kysely<TwinTables> {
  return executor.$extendTables<TwinTables>();
}
