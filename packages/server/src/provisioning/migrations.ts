import { sql } from 'kysely';
import type { Migrations } from '../store/migrate.ts';

/** Times are milliseconds since 1970. */
export type ProvisioningTables = {
  /** Goes with its registry, so that another of the same name gives it no new life. */
  station: {
    id: string;
    registry_key: number;
    name: string;
    public_key: string;
    max_devices: number;
    registered_devices: number;
    created_ms: number;
    expires_ms: number;
    revoked_ms: number | null;
    last_used_ms: number | null;
  };
  /** What stations have signed, whole, as evidence. It outlives device, station and registry. */
  unit_record: {
    station: string;
    id: Uint8Array;
    record: Uint8Array;
    signature: Uint8Array;
    /** What `record` says. */
    mac: string;
    num_id: number;
    registered_ms: number;
  };
  /**
   * Every MAC address that was ever registered, until a person releases it. It outlives the device: a retired board does not come
   * back by itself.
   */
  used_mac: { mac: string; num_id: number };
  enrolment_ticket: {
    id: string;
    text_sha256: Uint8Array;
    registry_key: number;
    device_id: string | null;
    mac: string | null;
    created_ms: number;
    expires_ms: number;
    used_ms: number | null;
    num_id: number | null;
  };
};

export const provisioningMigrations: Migrations = {
  '0400-provisioning': {
    async up(db) {
      await sql`
        create table station (
          id text primary key,
          registry_key integer not null references registry (key) on delete cascade,
          name text not null,
          public_key text not null,
          max_devices integer not null,
          registered_devices integer not null,
          created_ms integer not null,
          expires_ms integer not null,
          revoked_ms integer,
          last_used_ms integer
        )`.execute(db);
      await sql`create index station_registry on station (registry_key)`.execute(db);
      await sql`
        create table unit_record (
          station text not null,
          id blob not null,
          record blob not null,
          signature blob not null,
          num_id integer not null,
          registered_ms integer not null,
          primary key (station, id)
        )`.execute(db);
      await sql`create table used_mac (mac text primary key, num_id integer not null) without rowid`.execute(db);
      await sql`
        create table enrolment_ticket (
          id text primary key,
          text_sha256 blob not null unique,
          registry_key integer not null references registry (key) on delete cascade,
          device_id text,
          mac text,
          created_ms integer not null,
          expires_ms integer not null,
          used_ms integer,
          num_id integer
        )`.execute(db);
      await sql`create index enrolment_ticket_registry on enrolment_ticket (registry_key)`.execute(db);
    },
  },
  '0410-unit-mac': {
    async up(db) {
      await sql`alter table unit_record add column mac text not null default ''`.execute(db);
      await sql`update unit_record set mac = json_extract(cast(record as text), '$.mac')`.execute(db);
      await sql`create index unit_record_mac on unit_record (mac)`.execute(db);
      await sql`create index unit_record_num_id on unit_record (num_id)`.execute(db);
      await sql`create index used_mac_num_id on used_mac (num_id)`.execute(db);
      await sql`create index enrolment_ticket_num_id on enrolment_ticket (num_id)`.execute(db);
    },
  },
};
