import { type Kysely, type Selectable, sql } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { AuthTables } from './migrations.ts';

/** Refused logins of one device from one address for one cause. Times are milliseconds since 1970. */
export interface NewFailedLogin {
  /** The name that was claimed, safe to be shown; undefined: it was none. */
  readonly device: string | undefined;
  /** Undefined: there is no such device. */
  readonly numId: number | undefined;
  readonly address: string;
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** A record's place in the list. */
export interface FailedLoginPlace {
  readonly lastAtMs: number;
  readonly id: number;
}

export type FailedLoginRecord = NewFailedLogin & FailedLoginPlace;

/** How many records are kept, the newest. Unknown devices cannot crowd out known ones, nor one device the others. */
export const FAILED_LOGINS_KEPT = { device: 20, unknownOfAddress: 20, known: 10_000, unknown: 1_000 } as const;

/** Adds to the records that are there, and forgets the oldest of those beyond the limits. */
export async function addFailedLogins(executor: Executor, logins: readonly NewFailedLogin[]): Promise<void> {
  const rows = logins.map((login) => ({ ...login, owner: ownerOf(login) }));
  // A device that is gone meanwhile, or was never there, has no row to refer to.
  await sql`
    insert into failed_login (owner, num_id, device, address, code, message, count, first_ms, last_ms)
    select told.value ->> 'owner', told.value ->> 'numId', coalesce(told.value ->> 'device', ''), told.value ->> 'address',
      told.value ->> 'code', told.value ->> 'message', told.value ->> 'count', told.value ->> 'firstAtMs',
      told.value ->> 'lastAtMs'
    from json_each(${JSON.stringify(rows)}) as told
    left join device on device.num_id = told.value ->> 'numId'
    where told.value ->> 'numId' is null or device.num_id is not null
    on conflict (owner, device, address, code) do update set
      message = excluded.message,
      count = count + excluded.count,
      last_ms = max(last_ms, excluded.last_ms)`.execute(executor);
  await forgetOldestOfOwners(executor, [...new Set(rows.map(({ owner }) => owner))]);
  await forgetOldest(executor, sql`num_id is not null`, FAILED_LOGINS_KEPT.known);
  await forgetOldest(executor, sql`num_id is null`, FAILED_LOGINS_KEPT.unknown);
}

/** The newest first. */
export async function listFailedLogins(
  executor: Executor,
  { limit, place, numId }: { limit: number; place?: FailedLoginPlace | undefined; numId?: number | undefined },
): Promise<readonly FailedLoginRecord[]> {
  const tables: Kysely<AuthTables> = executor.$extendTables<AuthTables>();
  let query = tables
    .selectFrom('failed_login')
    .selectAll()
    .orderBy('last_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (numId !== undefined) query = query.where('num_id', '=', numId);
  if (place !== undefined) query = query.where(sql<boolean>`(last_ms, id) < (${place.lastAtMs}, ${place.id})`);
  return (await query.execute()).map(recordOf);
}

/** Whose share of the records it takes: of a device that is there its own, else the address's. */
function ownerOf({ numId, address }: NewFailedLogin): string {
  return numId === undefined ? `address ${address}` : `device ${numId}`;
}

async function forgetOldestOfOwners(executor: Executor, owners: readonly string[]): Promise<void> {
  const { device, unknownOfAddress } = FAILED_LOGINS_KEPT;
  await sql`
    delete from failed_login where id in (
      select id from (
        select id, num_id, row_number() over (partition by owner order by last_ms desc, id desc) as place
        from failed_login
        where owner in (select value from json_each(${JSON.stringify(owners)}))
      )
      where place > iif(num_id is null, ${unknownOfAddress}, ${device})
    )`.execute(executor);
}

async function forgetOldest(executor: Executor, which: ReturnType<typeof sql>, kept: number): Promise<void> {
  await sql`
    delete from failed_login where id in (
      select id from failed_login where ${which} order by last_ms desc, id desc limit -1 offset ${kept}
    )`.execute(executor);
}

function recordOf(row: Selectable<AuthTables['failed_login']>): FailedLoginRecord {
  return {
    id: row.id,
    device: row.device === '' ? undefined : row.device,
    numId: row.num_id ?? undefined,
    address: row.address,
    code: row.code,
    message: row.message,
    count: row.count,
    firstAtMs: row.first_ms,
    lastAtMs: row.last_ms,
  };
}
