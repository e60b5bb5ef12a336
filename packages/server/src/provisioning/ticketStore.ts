import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import { type Kysely, sql } from 'kysely';
import { registryNameOf, type RegistryRecord } from '../registry/model.ts';
import { findRegistryByKey } from '../registry/registryStore.ts';
import type { Executor } from '../store/database.ts';
import type { CreationPlace } from './creationPage.ts';
import type { ProvisioningTables } from './migrations.ts';
import type { TicketRecord } from './model.ts';

export async function findTicket(executor: Executor, textSha256: Uint8Array): Promise<TicketRecord | undefined> {
  const query = tablesOf(executor).selectFrom('enrolment_ticket').selectAll().where('text_sha256', '=', textSha256);
  return recordOf(executor, await query.executeTakeFirst());
}

export async function findTicketById(executor: Executor, id: string): Promise<TicketRecord | undefined> {
  const query = tablesOf(executor).selectFrom('enrolment_ticket').selectAll().where('id', '=', id);
  return recordOf(executor, await query.executeTakeFirst());
}

/** The ticket that has made the device. */
export function findTicketOfDevice(
  executor: Executor,
  numId: number,
): Promise<Pick<ProvisioningTables['enrolment_ticket'], 'id' | 'used_ms'> | undefined> {
  const query = tablesOf(executor).selectFrom('enrolment_ticket').select(['id', 'used_ms']);
  return query.where('num_id', '=', numId).executeTakeFirst();
}

/** Those that come after the place, the oldest first. */
export async function listTickets(
  executor: Executor,
  registry: RegistryRecord,
  after: CreationPlace,
  limit: number,
): Promise<readonly TicketRecord[]> {
  const rows = await tablesOf(executor)
    .selectFrom('enrolment_ticket')
    .selectAll()
    .where('registry_key', '=', registry.key)
    .where(sql<boolean>`(created_ms, id) > (${after.createdAtMs}, ${after.id})`)
    .orderBy('created_ms')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ticketOf(row, registryNameOf(registry)));
}

export async function insertTicket(
  executor: Executor,
  registryKey: number,
  ticket: TicketRecord,
  textSha256: Uint8Array,
): Promise<void> {
  const row = {
    id: ticket.id,
    text_sha256: textSha256,
    registry_key: registryKey,
    device_id: ticket.deviceId ?? null,
    mac: ticket.mac ?? null,
    created_ms: ticket.createdAtMs,
    expires_ms: ticket.expiresAtMs,
    used_ms: null,
    num_id: null,
  };
  await tablesOf(executor).insertInto('enrolment_ticket').values(row).execute();
}

/** Whether the ticket was there and unused: of two who use it one gets `true`. */
export async function useTicket(executor: Executor, id: string, numId: number, atMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tablesOf(executor)
    .updateTable('enrolment_ticket')
    .set({ used_ms: atMs, num_id: numId })
    .where('id', '=', id)
    .where('used_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function deleteTicket(executor: Executor, id: string): Promise<void> {
  await tablesOf(executor).deleteFrom('enrolment_ticket').where('id', '=', id).execute();
}

async function recordOf(
  executor: Executor,
  row: ProvisioningTables['enrolment_ticket'] | undefined,
): Promise<TicketRecord | undefined> {
  if (row === undefined) return undefined;
  return ticketOf(row, registryNameOf(await findRegistryByKey(executor, row.registry_key)));
}

function ticketOf(row: ProvisioningTables['enrolment_ticket'], registry: RegistryName): TicketRecord {
  return {
    id: row.id,
    registry,
    deviceId: row.device_id ?? undefined,
    mac: row.mac ?? undefined,
    createdAtMs: row.created_ms,
    expiresAtMs: row.expires_ms,
    usedAtMs: row.used_ms ?? undefined,
    numId: row.num_id ?? undefined,
  };
}

function tablesOf(executor: Executor): Kysely<ProvisioningTables> {
  return executor.$extendTables<ProvisioningTables>();
}
