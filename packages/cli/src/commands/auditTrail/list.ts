import type { AuditTrailEntry } from '@mkiot/core/api/clientAuditTrail';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addAuditTrailList(auditTrail: Command, cli: Cli): void {
  addCommand(auditTrail, 'list', {
    summary: 'List the newest changes: who, what, when',
    details: 'With --json each entry also has what was there before and after.',
    examples: ['mkiot audit-trail list', 'mkiot audit-trail list --max 1000 --json'],
  })
    .option('--max <count>', 'how many entries', wholeNumber('--max', 1, 1_000_000), 50)
    .action(async ({ max }: { readonly max: number }) => {
      await cli.withServer(async ({ api, names }) => {
        const rows: AuditTrailEntry[] = [];
        for await (const entry of api.auditTrail.list(names.defaults.project)) {
          rows.push(entry);
          if (rows.length === max) break;
        }
        await cli.output.list(rows, COLUMNS, 'There are no entries.');
      });
    });
}

const COLUMNS = {
  entry: ({ sequence }: AuditTrailEntry) => sequence,
  time: ({ time }: AuditTrailEntry) => time,
  who: ({ principal }: AuditTrailEntry) => principal,
  what: ({ action }: AuditTrailEntry) => action,
  // The end of a resource's name tells most, and a long cell is cut at its end.
  of: ({ resource }: AuditTrailEntry) => resource.split('/').slice(-2).join('/'),
};
