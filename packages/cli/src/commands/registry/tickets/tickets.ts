import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { addTicketsCreate } from './create.ts';
import { addTicketsList } from './list.ts';
import { addTicketsRevoke } from './revoke.ts';

export function addRegistryTickets(registries: Command, cli: Cli): void {
  const tickets = addCommand(registries, 'tickets', {
    summary: 'Tickets with which boards enrol themselves, each once',
    examples: [
      'mkiot registry tickets create pumps --count 10 --until 2026-12-31',
      'mkiot registry tickets list pumps',
    ],
  });
  addTicketsCreate(tickets, cli);
  addTicketsList(tickets, cli);
  addTicketsRevoke(tickets, cli);
}
