import type { Kysely } from 'kysely';
import type {
  MessageRecord,
  SessionChange,
  SessionRecord,
  StoredSession,
  SubscriptionRecord,
} from '../bridge/keptSessions/sessionStore.ts';
import type { Executor } from '../store/database.ts';
import { formatMessageProperties, parseMessageProperties } from './messageProperties.ts';
import type { KeptSessionTables } from './migrations.ts';
import { formatWill, parseWill } from './willText.ts';

/** All sessions, with their messages in the order of sending. */
export async function readSessions(executor: Executor): Promise<readonly StoredSession[]> {
  const tables = tablesOf(executor);
  const sessions = await tables.selectFrom('kept_session').selectAll().execute();
  const messages = await tables.selectFrom('kept_session_message').selectAll().orderBy('sequence').execute();
  const received = await tables.selectFrom('kept_session_received').selectAll().execute();
  const messagesOf = Map.groupBy(messages, (row) => row.num_id);
  const receivedBy = Map.groupBy(received, (row) => row.num_id);
  return sessions.map((row) => ({
    session: {
      key: row.num_id,
      deviceId: row.device_id,
      credentialId: row.credential_id,
      subscriptions: JSON.parse(row.subscriptions) as SubscriptionRecord[],
      expirySeconds: row.expiry_seconds,
      expiresAtMs: row.expires_at_ms ?? undefined,
      will: row.will === null ? undefined : parseWill(row.will),
    },
    messages: (messagesOf.get(row.num_id) ?? []).map(messageOf),
    received: (receivedBy.get(row.num_id) ?? []).map(({ packet_id: packetId }) => packetId),
  }));
}

/** Brings the tables to where `change` leaves the session. Doing so twice is the same as once. */
export async function applyChange(executor: Executor, change: SessionChange): Promise<void> {
  switch (change.type) {
    case 'SAVED':
      await saveSession(executor, change.session);
      break;
    case 'ENDED':
      await deleteSession(executor, change.key);
      break;
    case 'MESSAGE_QUEUED':
      await insertMessage(executor, change.key, change.message);
      break;
    case 'MESSAGE_SENT':
      await messageAt(executor, change).set({ packet_id: change.packetId }).execute();
      break;
    case 'MESSAGE_RELEASED':
      await messageAt(executor, change).set({ is_released: 1, payload: new Uint8Array() }).execute();
      break;
    case 'MESSAGE_SETTLED':
      await tablesOf(executor)
        .deleteFrom('kept_session_message')
        .where('num_id', '=', change.key)
        .where('sequence', '=', change.sequence)
        .execute();
      break;
    case 'RECEIVED':
      await tablesOf(executor)
        .insertInto('kept_session_received')
        .values({ num_id: change.key, packet_id: change.packetId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      break;
    case 'COMPLETED':
      await tablesOf(executor)
        .deleteFrom('kept_session_received')
        .where('num_id', '=', change.key)
        .where('packet_id', '=', change.packetId)
        .execute();
      break;
  }
}

async function saveSession(executor: Executor, session: SessionRecord): Promise<void> {
  const columns = {
    device_id: session.deviceId,
    credential_id: session.credentialId,
    subscriptions: JSON.stringify(session.subscriptions),
    expiry_seconds: session.expirySeconds,
    expires_at_ms: session.expiresAtMs ?? null,
    will: session.will === undefined ? null : formatWill(session.will),
  };
  await tablesOf(executor)
    .insertInto('kept_session')
    .values({ num_id: session.key, ...columns })
    .onConflict((conflict) => conflict.column('num_id').doUpdateSet(columns))
    .execute();
}

async function deleteSession(executor: Executor, key: number): Promise<void> {
  for (const table of ['kept_session', 'kept_session_message', 'kept_session_received'] as const) {
    await tablesOf(executor).deleteFrom(table).where('num_id', '=', key).execute();
  }
}

async function insertMessage(executor: Executor, key: number, message: MessageRecord): Promise<void> {
  await tablesOf(executor)
    .insertInto('kept_session_message')
    .values({
      num_id: key,
      sequence: message.sequence,
      kind: message.kind,
      subfolder: message.subfolder,
      payload: message.payload,
      qos: message.qos,
      queued_at_ms: message.queuedAtMs,
      expires_at_ms: message.expiresAtMs ?? null,
      reference: message.reference ?? null,
      properties: message.properties === undefined ? null : formatMessageProperties(message.properties),
      packet_id: message.packetId ?? null,
      is_released: Number(message.isReleased),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function messageAt(executor: Executor, { key, sequence }: { readonly key: number; readonly sequence: number }) {
  return tablesOf(executor)
    .updateTable('kept_session_message')
    .where('num_id', '=', key)
    .where('sequence', '=', sequence);
}

function messageOf(row: KeptSessionTables['kept_session_message']): MessageRecord {
  return {
    sequence: row.sequence,
    kind: row.kind,
    subfolder: row.subfolder,
    payload: row.payload,
    qos: row.qos === 2 ? 2 : 1,
    queuedAtMs: row.queued_at_ms,
    expiresAtMs: row.expires_at_ms ?? undefined,
    reference: row.reference ?? undefined,
    properties: row.properties === null ? undefined : parseMessageProperties(row.properties),
    packetId: row.packet_id ?? undefined,
    isReleased: row.is_released === 1,
  };
}

function tablesOf(executor: Executor): Kysely<KeptSessionTables> {
  return executor.$extendTables<KeptSessionTables>();
}
