import { type Generated, sql } from 'kysely';
import type { Migrations } from '../store/migrate.ts';

/** Times are milliseconds since 1970. Secrets are there as SHA-256 only: they are random, so no salt is needed. */
export type AuthTables = {
  api_token: {
    id: string;
    secret_sha256: Uint8Array;
    name: string;
    role: string;
    /** Name of the only registry it is good for; null: everything. */
    registry: string | null;
    created_ms: number;
    expires_ms: number | null;
    last_used_ms: number | null;
  };
  /** At most one row: a new code makes the one before worthless. */
  setup_code: { code_sha256: Uint8Array; expires_ms: number };
  failed_login: {
    id: Generated<number>;
    /** Whose share of the records it takes. */
    owner: string;
    num_id: number | null;
    /** The claimed name; empty: it was none. */
    device: string;
    address: string;
    code: string;
    message: string;
    count: number;
    first_ms: number;
    last_ms: number;
  };
};

export const authMigrations: Migrations = {
  '0150-auth': {
    async up(db) {
      await sql`
        create table api_token (
          id text primary key,
          secret_sha256 blob not null,
          name text not null,
          role text not null,
          registry text,
          created_ms integer not null,
          expires_ms integer,
          last_used_ms integer
        )`.execute(db);
      await sql`create table setup_code (code_sha256 blob not null, expires_ms integer not null)`.execute(db);
    },
  },
  '0260-failed-login': {
    async up(db) {
      await sql`
        create table failed_login (
          id integer primary key,
          owner text not null,
          num_id integer references device (num_id) on delete cascade,
          device text not null,
          address text not null,
          code text not null,
          message text not null,
          count integer not null,
          first_ms integer not null,
          last_ms integer not null,
          unique (owner, device, address, code)
        )`.execute(db);
      await sql`create index failed_login_num_id on failed_login (num_id, last_ms)`.execute(db);
      await sql`create index failed_login_last on failed_login (last_ms, id)`.execute(db);
    },
  },
};
