import { type Generated, sql } from 'kysely';
import type { Migrations } from '../store/migrate.ts';

/** Times are milliseconds since 1970, truth is 1. `num_id` is the device's. */
export type KeptSessionTables = {
  kept_session: {
    num_id: number;
    device_id: string;
    credential_id: number;
    /** JSON array of the bridge's `SubscriptionRecord`: read with the session and never by themselves. */
    subscriptions: string;
    expiry_seconds: number;
    /** Null: the device was connected when this was written. */
    expires_at_ms: number | null;
    /** As `formatWill` writes it; null: there is none. */
    will: string | null;
  };
  /** What the device has not acknowledged. */
  kept_session_message: {
    num_id: number;
    sequence: number;
    kind: string;
    subfolder: string;
    payload: Uint8Array;
    qos: number;
    queued_at_ms: number;
    expires_at_ms: number | null;
    reference: number | null;
    /** As `formatMessageProperties` writes them. */
    properties: string | null;
    packet_id: number | null;
    is_released: number;
  };
  /** QoS 2 messages of the device that are stored and not released. */
  kept_session_received: { num_id: number; packet_id: number };
  /** What was dropped lately, for the device's owner. */
  dropped_message: {
    id: Generated<number>;
    num_id: number;
    sequence: number;
    kind: string;
    subfolder: string;
    payload_bytes: number;
    queued_at_ms: number;
    dropped_at_ms: number;
    reason: string;
    was_sent: number;
  };
};

/**
 * Sessions refer to no device by a foreign key: their writes come behind the changes of the registry, and one that names a
 * deleted device must not hold up the others.
 */
export const keptSessionMigrations: Migrations = {
  '0350-kept-sessions': {
    async up(db) {
      await sql`
        create table kept_session (
          num_id integer primary key,
          device_id text not null,
          credential_id integer not null,
          subscriptions text not null,
          expiry_seconds integer not null,
          expires_at_ms integer
        )`.execute(db);
      await sql`
        create table kept_session_message (
          num_id integer not null,
          sequence integer not null,
          kind text not null,
          subfolder text not null,
          payload blob not null,
          qos integer not null,
          queued_at_ms integer not null,
          expires_at_ms integer,
          reference integer,
          packet_id integer,
          is_released integer not null,
          primary key (num_id, sequence)
        )`.execute(db);
      await sql`
        create table kept_session_received (
          num_id integer not null,
          packet_id integer not null,
          primary key (num_id, packet_id)
        ) without rowid`.execute(db);
      await sql`
        create table dropped_message (
          id integer primary key autoincrement,
          num_id integer not null,
          sequence integer not null,
          kind text not null,
          subfolder text not null,
          payload_bytes integer not null,
          queued_at_ms integer not null,
          dropped_at_ms integer not null,
          reason text not null,
          was_sent integer not null
        )`.execute(db);
      await sql`create index dropped_message_num_id on dropped_message (num_id, id)`.execute(db);
    },
  },
  '0351-properties-of-kept-messages': {
    async up(db) {
      await sql`alter table kept_session_message add column properties text`.execute(db);
    },
  },
  '0352-wills-of-kept-sessions': {
    async up(db) {
      await sql`alter table kept_session add column will text`.execute(db);
    },
  },
};
