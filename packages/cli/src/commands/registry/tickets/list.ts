import type { EnrolmentTicket } from '@mkiot/core/api/clientProvisioning';
import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { collect } from '../../../collect.ts';
import { addCommand } from '../../../commandHelp.ts';

export function addTicketsList(tickets: Command, cli: Cli): void {
  addCommand(tickets, 'list', {
    summary: 'List the tickets of a registry, without their texts',
    examples: ['mkiot registry tickets list pumps'],
  })
    .argument('[registry]', 'its id or whole name')
    .action(async (registry?: string) => {
      await cli.withServer(async ({ api, names }) => {
        const rows = await collect(api.provisioning.listTickets(names.registry(registry)));
        await cli.output.list(rows, COLUMNS, 'There are no tickets. "mkiot registry tickets create" makes some.');
      });
    });
}

const COLUMNS = {
  ticket: ({ id }: EnrolmentTicket) => id,
  for: ({ deviceId, mac }: EnrolmentTicket) =>
    [deviceId, mac].filter((bound) => bound !== undefined).join(' ') || 'any',
  ends: ({ expireTime }: EnrolmentTicket) => expireTime,
  used: ({ useTime }: EnrolmentTicket) => useTime ?? '-',
  'made device': ({ deviceNumId }: EnrolmentTicket) => deviceNumId ?? '-',
};
