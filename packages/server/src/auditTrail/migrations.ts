import type { Migrations } from '../store/migrate.ts';

/** One row an entry; nothing ever updates or deletes one. */
export type AuditTrailTables = {
  audit_entry: {
    sequence: number;
    time_ms: number;
    principal: string;
    action: string;
    resource: string;
    before: string | null;
    after: string | null;
    mac: Uint8Array;
  };
};

export const auditTrailMigrations: Migrations = {
  '0100-audit-trail': {
    async up(db) {
      await db.schema
        .createTable('audit_entry')
        .addColumn('sequence', 'integer', (column) => column.primaryKey())
        .addColumn('time_ms', 'integer', (column) => column.notNull())
        .addColumn('principal', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('resource', 'text', (column) => column.notNull())
        .addColumn('before', 'text')
        .addColumn('after', 'text')
        .addColumn('mac', 'blob', (column) => column.notNull())
        .execute();
    },
  },
};
