import { sql } from 'kysely';
import type { Generated } from 'kysely';
import type { Migrations } from '../store/migrate.ts';

/** Times are milliseconds since 1970. */
export type EventsTables = {
  subscription: {
    /** Grows for ever (AUTOINCREMENT). */
    key: Generated<number>;
    project: string;
    id: string;
    registry: string | null;
    device: string | null;
    ack_deadline_seconds: number;
    created_at_ms: number;
    ack_secret: Uint8Array;
    next_sequence: number;
    /** JSON array of sequences: written and read with the position and never by themselves. */
    unacknowledged: string;
    missed_events: number;
    /** 0 or 1 */
    hold: number;
  };
};

export const eventsMigrations: Migrations = {
  '0300-subscription': {
    async up(db) {
      await sql`
        create table subscription (
          key integer primary key autoincrement,
          project text not null,
          id text not null,
          registry text,
          device text,
          ack_deadline_seconds integer not null,
          created_at_ms integer not null,
          ack_secret blob not null,
          next_sequence integer not null,
          unacknowledged text not null,
          missed_events integer not null,
          unique (project, id)
        )`.execute(db);
    },
  },
  '0310-subscription-hold': {
    async up(db) {
      await sql`alter table subscription add column hold integer not null default 0`.execute(db);
    },
  },
};
