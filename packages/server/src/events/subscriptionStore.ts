import { type Kysely, type Selectable, sql } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { EventsTables } from './migrations.ts';
import type { SubscriptionName, SubscriptionPosition, SubscriptionRecord } from './model.ts';

export async function findSubscription(
  executor: Executor,
  { project, subscription }: SubscriptionName,
): Promise<SubscriptionRecord | undefined> {
  const row = await tablesOf(executor)
    .selectFrom('subscription')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', subscription)
    .executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
}

/** Subscriptions of a project in the order of their ids, from after `afterId` on. */
export async function listSubscriptions(
  executor: Executor,
  project: string,
  afterId: string,
  limit: number,
): Promise<readonly SubscriptionRecord[]> {
  const rows = await tablesOf(executor)
    .selectFrom('subscription')
    .selectAll()
    .where('project', '=', project)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(recordOf);
}

/** Those of all projects that hold events. */
export async function heldSubscriptions(executor: Executor): Promise<readonly SubscriptionRecord[]> {
  const rows = await tablesOf(executor).selectFrom('subscription').selectAll().where('hold', '=', 1).execute();
  return rows.map(recordOf);
}

export async function insertSubscription(executor: Executor, record: Omit<SubscriptionRecord, 'key'>): Promise<void> {
  await tablesOf(executor)
    .insertInto('subscription')
    .values({
      project: record.project,
      id: record.id,
      registry: record.registry ?? null,
      device: record.device ?? null,
      ack_deadline_seconds: record.ackDeadlineSeconds,
      created_at_ms: record.createdAtMs,
      ack_secret: record.ackSecret,
      missed_events: record.missedEvents,
      hold: Number(record.hold),
      ...columnsOf(record.position),
    })
    .execute();
}

export async function deleteSubscription(executor: Executor, key: number): Promise<void> {
  await tablesOf(executor).deleteFrom('subscription').where('key', '=', key).execute();
}

/** Saves how far a subscription is, and that it missed so many events more. */
export async function savePosition(
  executor: Executor,
  key: number,
  position: SubscriptionPosition,
  missedMore: number,
): Promise<void> {
  await tablesOf(executor)
    .updateTable('subscription')
    .set({ ...columnsOf(position), missed_events: sql`missed_events + ${missedMore}` })
    .where('key', '=', key)
    .execute();
}

function columnsOf({ next, unacknowledged }: SubscriptionPosition) {
  return { next_sequence: next, unacknowledged: JSON.stringify(unacknowledged) };
}

function recordOf(row: Selectable<EventsTables['subscription']>): SubscriptionRecord {
  return {
    key: row.key,
    project: row.project,
    id: row.id,
    registry: row.registry ?? undefined,
    device: row.device ?? undefined,
    ackDeadlineSeconds: row.ack_deadline_seconds,
    createdAtMs: row.created_at_ms,
    ackSecret: row.ack_secret,
    position: { next: row.next_sequence, unacknowledged: JSON.parse(row.unacknowledged) as number[] },
    missedEvents: row.missed_events,
    hold: row.hold !== 0,
  };
}

function tablesOf(executor: Executor): Kysely<EventsTables> {
  return executor.$extendTables<EventsTables>();
}
