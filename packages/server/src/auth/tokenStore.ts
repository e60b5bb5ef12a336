import type { Role } from '@mkiot/core/contract/permissions';
import type { Kysely, Selectable } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { AuthTables } from './migrations.ts';

/** A token as it is kept: its secret only as a hash, and that only in {@link findToken}. Times in ms since 1970. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Name of the only registry it is good for. */
  readonly registry: string | undefined;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly lastUsedAtMs: number | undefined;
}

export async function findToken(
  executor: Executor,
  id: string,
): Promise<{ readonly record: TokenRecord; readonly secretSha256: Uint8Array } | undefined> {
  const row = await tablesOf(executor).selectFrom('api_token').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : { record: recordOf(row), secretSha256: row.secret_sha256 };
}

/** The oldest first. */
export async function listTokens(executor: Executor): Promise<readonly TokenRecord[]> {
  const rows = await tablesOf(executor)
    .selectFrom('api_token')
    .selectAll()
    .orderBy('created_ms')
    .orderBy('id')
    .execute();
  return rows.map(recordOf);
}

export async function insertToken(executor: Executor, record: TokenRecord, secretSha256: Uint8Array): Promise<void> {
  const row = {
    id: record.id,
    secret_sha256: secretSha256,
    name: record.name,
    role: record.role,
    registry: record.registry ?? null,
    created_ms: record.createdAtMs,
    expires_ms: record.expiresAtMs ?? null,
    last_used_ms: record.lastUsedAtMs ?? null,
  };
  await tablesOf(executor).insertInto('api_token').values(row).execute();
}

export async function deleteToken(executor: Executor, id: string): Promise<void> {
  await tablesOf(executor).deleteFrom('api_token').where('id', '=', id).execute();
}

export async function markTokenUsed(executor: Executor, id: string, atMs: number): Promise<void> {
  await tablesOf(executor).updateTable('api_token').set({ last_used_ms: atMs }).where('id', '=', id).execute();
}

export async function hasTokens(executor: Executor): Promise<boolean> {
  const query = tablesOf(executor).selectFrom('api_token').select('id').limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

function recordOf(row: Selectable<AuthTables['api_token']>): TokenRecord {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    registry: row.registry ?? undefined,
    createdAtMs: row.created_ms,
    expiresAtMs: row.expires_ms ?? undefined,
    lastUsedAtMs: row.last_used_ms ?? undefined,
  };
}

function tablesOf(executor: Executor): Kysely<AuthTables> {
  return executor.$extendTables<AuthTables>();
}
