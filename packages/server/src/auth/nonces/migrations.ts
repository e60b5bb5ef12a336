import { sql } from 'kysely';
import type { Migrations } from '../../store/migrate.ts';

export type TicketTables = {
  /** Of each device the number of the ticket that it acknowledged last; no row: of none yet. */
  device_ticket: { num_id: number; acknowledged: number };
};

export const ticketMigrations: Migrations = {
  '0220-device-ticket': {
    async up(db) {
      await sql`
        create table device_ticket (
          num_id integer primary key references device (num_id) on delete cascade,
          acknowledged integer not null
        )`.execute(db);
    },
  },
};
