import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { PresenceTables } from './migrations.ts';
import type { Presence, SessionEnd, SessionRecord } from './model.ts';

const replaceOlderEnd = sql`
  on conflict (num_id) do update set
    epoch = excluded.epoch,
    at_ms = excluded.at_ms,
    code = excluded.code,
    ended_by = excluded.ended_by,
    message = excluded.message
  where excluded.epoch > epoch`;

/** What is stored of each of the devices; one that was never connected is absent. */
export async function readPresences(
  executor: Executor,
  numIds: readonly number[],
): Promise<ReadonlyMap<number, Presence>> {
  const tables: Kysely<PresenceTables> = executor.$extendTables<PresenceTables>();
  const isWanted = sql<boolean>`num_id in (select value from json_each(${JSON.stringify(numIds)}))`;
  const sessions = await tables.selectFrom('device_session').selectAll().where(isWanted).execute();
  const ends = await tables.selectFrom('device_session_end').selectAll().where(isWanted).execute();
  const presences = new Map<number, Presence>(sessions.map((row) => [row.num_id, { session: sessionOf(row) }]));
  for (const row of ends) presences.set(row.num_id, { ...presences.get(row.num_id), end: endOf(row) });
  return presences;
}

/**
 * Stores what is newer than what is there. A device that is gone meanwhile is left out, and an older epoch changes
 * nothing.
 */
export async function storePresences(executor: Executor, batch: ReadonlyMap<number, Presence>): Promise<void> {
  const sessions = [...batch].flatMap(([numId, { session }]) => (session ? [{ numId, ...session }] : []));
  const ends = [...batch].flatMap(([numId, { end }]) => (end ? [{ numId, ...end }] : []));
  if (sessions.length > 0) await storeSessions(executor, sessions);
  if (ends.length > 0) await storeEnds(executor, ends);
}

/**
 * Ends every session that has no end, at the moment at which its device is known to have been heard last: for a start,
 * when no session of an earlier run can be open.
 *
 * @returns how many there were
 */
export async function endOpenSessions(
  executor: Executor,
  { code, by, message }: Pick<SessionEnd, 'code' | 'by' | 'message'>,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    insert into device_session_end (num_id, epoch, at_ms, code, ended_by, message)
    select num_id, epoch, last_heard_ms, ${code}, ${by}, ${message}
    from device_session
    where true
    ${replaceOlderEnd}`.execute(executor);
  return Number(numAffectedRows);
}

async function storeSessions(executor: Executor, sessions: readonly SessionRecord[]): Promise<void> {
  await sql`
    insert into device_session
      (num_id, epoch, opened_ms, remote_address, protocol_level, keep_alive_seconds, last_heard_ms)
    select device.num_id, told.value ->> 'epoch', told.value ->> 'openedAtMs', told.value ->> 'remoteAddress',
      told.value ->> 'protocolLevel', told.value ->> 'keepAliveSeconds', told.value ->> 'lastHeardAtMs'
    from json_each(${JSON.stringify(sessions)}) as told
    join device on device.num_id = told.value ->> 'numId'
    where true
    on conflict (num_id) do update set
      epoch = excluded.epoch,
      opened_ms = excluded.opened_ms,
      remote_address = excluded.remote_address,
      protocol_level = excluded.protocol_level,
      keep_alive_seconds = excluded.keep_alive_seconds,
      last_heard_ms = excluded.last_heard_ms
    where excluded.epoch > epoch
      or (excluded.epoch = epoch and excluded.last_heard_ms > last_heard_ms)`.execute(executor);
}

async function storeEnds(executor: Executor, ends: readonly SessionEnd[]): Promise<void> {
  await sql`
    insert into device_session_end (num_id, epoch, at_ms, code, ended_by, message)
    select device.num_id, told.value ->> 'epoch', told.value ->> 'atMs', told.value ->> 'code', told.value ->> 'by',
      told.value ->> 'message'
    from json_each(${JSON.stringify(ends)}) as told
    join device on device.num_id = told.value ->> 'numId'
    where true
    ${replaceOlderEnd}`.execute(executor);
}

function sessionOf(row: Selectable<PresenceTables['device_session']>): SessionRecord {
  return {
    epoch: row.epoch,
    openedAtMs: row.opened_ms,
    remoteAddress: row.remote_address,
    protocolLevel: row.protocol_level as ProtocolLevel,
    keepAliveSeconds: row.keep_alive_seconds,
    lastHeardAtMs: row.last_heard_ms,
  };
}

function endOf(row: Selectable<PresenceTables['device_session_end']>): SessionEnd {
  const { epoch, at_ms: atMs, code, message } = row;
  return { epoch, atMs, code, by: row.ended_by as SessionEnd['by'], message };
}
