import { sql } from 'kysely';
import type { Migrations } from '../store/migrate.ts';

/** At most one row a device in each; a row gives way to a newer epoch only. Times are milliseconds since 1970. */
export type PresenceTables = {
  device_session: {
    num_id: number;
    epoch: number;
    opened_ms: number;
    remote_address: string;
    protocol_level: number;
    keep_alive_seconds: number;
    last_heard_ms: number;
  };
  device_session_end: {
    num_id: number;
    epoch: number;
    at_ms: number;
    code: string;
    ended_by: string;
    message: string;
  };
};

export const presenceMigrations: Migrations = {
  '0280-presence': {
    async up(db) {
      await sql`
        create table device_session (
          num_id integer primary key references device (num_id) on delete cascade,
          epoch integer not null,
          opened_ms integer not null,
          remote_address text not null,
          protocol_level integer not null,
          keep_alive_seconds integer not null,
          last_heard_ms integer not null
        )`.execute(db);
      await sql`
        create table device_session_end (
          num_id integer primary key references device (num_id) on delete cascade,
          epoch integer not null,
          at_ms integer not null,
          code text not null,
          ended_by text not null,
          message text not null
        )`.execute(db);
    },
  },
};
