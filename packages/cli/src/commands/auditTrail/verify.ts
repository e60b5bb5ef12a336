import { errorTable } from '@mkiot/core/errors/mkiotError';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

const findingError = errorTable({
  AUDIT_TRAIL_TAMPERED: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message:
      'The audit trail is not what was recorded: {what} at entry {sequence}; the {intactEntries} entries before are ' +
      'whole. Keep a copy of the data folder, and find out who could write to it.',
  },
});

const FAULTS: Readonly<Record<string, string>> = {
  FORGED: 'an entry was changed or put in',
  MISSING: 'an entry was taken out',
  CUT_OFF: 'the end was cut off',
  REWRITTEN: 'the entries were written anew',
};

export function addAuditTrailVerify(auditTrail: Command, cli: Cli): void {
  addCommand(auditTrail, 'verify', {
    summary: 'Check that no entry was changed, put in or taken out',
    details:
      'Ends with exit code 1 when something was. Only with a head that was kept elsewhere it sees a cut-off end.',
    examples: [
      'mkiot audit-trail verify',
      'mkiot audit-trail verify --head "$(tail -1 /mnt/usb-stick/mkiot-heads.txt)"',
    ],
  })
    .option('--head <head>', 'a head that "mkiot audit-trail head" or the hourly export wrote')
    .action(async (options: { readonly head?: string }) => {
      await cli.withServer(async ({ api, names }) => {
        const { intactEntries, head, fault } = await api.auditTrail.verify(names.defaults.project, options.head);
        if (fault !== undefined) {
          const { sequence, kind } = fault;
          throw findingError('AUDIT_TRAIL_TAMPERED', { what: FAULTS[kind] ?? kind, sequence, intactEntries });
        }
        await cli.output.result({ intactEntries, head }, [`All ${intactEntries} entries are whole.`, `Head: ${head}`]);
      });
    });
}
