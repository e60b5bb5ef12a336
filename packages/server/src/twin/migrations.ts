import { sql } from 'kysely';
import type { Generated } from 'kysely';
import type { Migrations } from '../store/migrate.ts';

/** Times are milliseconds since 1970. */
export type TwinTables = {
  device_config: {
    num_id: number;
    version: number;
    cloud_update_ms: number;
    /** Null: the device has not acknowledged this version. */
    device_ack_ms: number | null;
    payload: Uint8Array;
  };
  device_state: {
    /** Grows with every state of the platform: it, not the time, is the order of arrival. */
    id: Generated<number>;
    num_id: number;
    update_ms: number;
    payload: Uint8Array;
  };
};

export const twinMigrations: Migrations = {
  '0250-twin': {
    async up(db) {
      await sql`
        create table device_config (
          num_id integer not null references device (num_id) on delete cascade,
          version integer not null,
          cloud_update_ms integer not null,
          device_ack_ms integer,
          payload blob not null,
          primary key (num_id, version)
        )`.execute(db);
      await sql`
        create table device_state (
          id integer primary key autoincrement,
          num_id integer not null references device (num_id) on delete cascade,
          update_ms integer not null,
          payload blob not null
        )`.execute(db);
      await sql`create index device_state_num_id on device_state (num_id, id)`.execute(db);
    },
  },
};
