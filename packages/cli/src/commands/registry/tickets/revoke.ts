import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';

export function addTicketsRevoke(tickets: Command, cli: Cli): void {
  addCommand(tickets, 'revoke', {
    summary: 'Make a ticket that nobody has used worthless',
    examples: ['mkiot registry tickets revoke pumps 9f86d081884c7d65'],
  })
    .argument('<registry>', 'its id or whole name')
    .argument('<ticket>', 'its id, as "mkiot registry tickets list" shows it; not its text')
    .action(async (registry: string, id: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.provisioning.revokeTicket(names.registry(registry), id);
        await cli.output.result({}, [`Ticket ${id} is revoked.`]);
      });
    });
}
