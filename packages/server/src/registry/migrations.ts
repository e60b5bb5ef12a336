import { sql } from 'kysely';
import type { Generated } from 'kysely';
import type { Migrations } from '../store/migrate.ts';
import { noteUsedKey } from './usedKeys.ts';

/** Truth is 1, SQLite has no booleans. Times are milliseconds since 1970. */
export type RegistryTables = {
  registry: {
    key: Generated<number>;
    project: string;
    location: string;
    id: string;
    mqtt_state: string;
    http_state: string;
    log_level: string;
    max_token_lifetime_ms: number;
    max_session_ms: number;
    strict_state_rate: number;
    device_login: string;
    maximum_qos: number;
    wills: string;
    /** JSON array of PEM texts: read with the registry and never by themselves. */
    certificates: string;
  };
  /** Every numeric id that was ever given out, also those of deleted devices: none is given out twice. */
  issued_num_id: { num_id: number };
  device: {
    num_id: number;
    registry_key: number;
    id: string;
    blocked: number;
    /** JSON object. */
    metadata: string;
    log_level: string;
    gateway_type: string;
    gateway_auth_method: string;
  };
  device_credential: {
    /** Grows for ever (AUTOINCREMENT): a session remembers by it which key it logged in with. */
    id: Generated<number>;
    num_id: number;
    format: string;
    pem: string;
    expires_at_ms: number | null;
    /** Order in the resource. */
    position: number;
  };
  /** Which devices may go through which gateways. */
  gateway_binding: { gateway_num_id: number; device_num_id: number };
  device_activity: {
    num_id: number;
    last_heartbeat_ms: number | null;
    last_event_ms: number | null;
    last_state_ms: number | null;
    last_config_ack_ms: number | null;
    last_config_send_ms: number | null;
    last_error_ms: number | null;
    last_error_code: number | null;
    last_error_message: string | null;
    last_gateway_ms: number | null;
    last_gateway_id: string | null;
  };
};

export const registryMigrations: Migrations = {
  '0200-registry': {
    async up(db) {
      await sql`
        create table registry (
          key integer primary key autoincrement,
          project text not null,
          location text not null,
          id text not null,
          mqtt_state text not null,
          http_state text not null,
          log_level text not null,
          max_token_lifetime_ms integer not null,
          max_session_ms integer not null,
          strict_state_rate integer not null,
          certificates text not null,
          unique (project, location, id)
        )`.execute(db);
      await sql`create table issued_num_id (num_id integer primary key)`.execute(db);
      await sql`
        create table device (
          num_id integer primary key references issued_num_id (num_id),
          registry_key integer not null references registry (key),
          id text not null,
          blocked integer not null,
          metadata text not null,
          log_level text not null,
          gateway_type text not null,
          gateway_auth_method text not null,
          unique (registry_key, id)
        )`.execute(db);
      await sql`
        create table device_credential (
          id integer primary key autoincrement,
          num_id integer not null references device (num_id) on delete cascade,
          format text not null,
          pem text not null,
          expires_at_ms integer,
          position integer not null
        )`.execute(db);
      await sql`create index device_credential_num_id on device_credential (num_id)`.execute(db);
      await sql`
        create table device_activity (
          num_id integer primary key references device (num_id) on delete cascade,
          last_heartbeat_ms integer,
          last_event_ms integer,
          last_state_ms integer,
          last_config_ack_ms integer,
          last_config_send_ms integer,
          last_error_ms integer,
          last_error_code integer,
          last_error_message text
        )`.execute(db);
    },
  },
  '0210-device-login': {
    async up(db) {
      await sql`alter table registry add column device_login text not null default 'CLOCK_ALLOWED'`.execute(db);
    },
  },
  '0220-maximum-qos': {
    async up(db) {
      await sql`alter table registry add column maximum_qos integer not null default 1`.execute(db);
    },
  },
  '0230-gateway-binding': {
    async up(db) {
      await sql`
        create table gateway_binding (
          gateway_num_id integer not null references device (num_id) on delete cascade,
          device_num_id integer not null references device (num_id) on delete cascade,
          primary key (gateway_num_id, device_num_id)
        ) without rowid`.execute(db);
      await sql`create index gateway_binding_device on gateway_binding (device_num_id)`.execute(db);
    },
  },
  '0240-last-gateway': {
    async up(db) {
      await sql`alter table device_activity add column last_gateway_ms integer`.execute(db);
      await sql`alter table device_activity add column last_gateway_id text`.execute(db);
    },
  },
  '0250-wills': {
    async up(db) {
      await sql`alter table registry add column wills text not null default 'IGNORE'`.execute(db);
    },
  },
  '0270-used-key': {
    async up(db) {
      await sql`create table used_key (spki_sha256 blob primary key, num_id integer not null) without rowid`.execute(
        db,
      );
      const { rows } = await sql<{ pem: string; num_id: number }>`
        select pem, num_id from device_credential order by id`.execute(db);
      for (const { pem, num_id: numId } of rows) await noteUsedKey(db, pem, numId);
    },
  },
};
