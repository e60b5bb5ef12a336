import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addAuditTrailHead(auditTrail: Command, cli: Cli): void {
  addCommand(auditTrail, 'head', {
    summary: 'Print the head, to be kept in another place',
    details: 'With a head that was kept, "mkiot audit-trail verify --head" also sees that the end was cut off.',
    examples: ['mkiot audit-trail head >> /mnt/usb-stick/mkiot-heads.txt'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const head = await api.auditTrail.head(names.defaults.project);
      await cli.output.result({ head }, [head]);
    });
  });
}
