import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addRegistryCreate } from './create.ts';
import { addRegistryDelete } from './delete.ts';
import { addRegistryGet } from './get.ts';
import { addRegistryList } from './list.ts';
import { addRegistryTickets } from './tickets/tickets.ts';
import { addRegistryUpdate } from './update.ts';

export function addRegistry(program: Command, cli: Cli): void {
  const registries = addCommand(program, 'registry', {
    summary: 'Groups of devices with common rules',
    examples: ['mkiot registry create greenhouse', 'mkiot registry list'],
  });
  addRegistryCreate(registries, cli);
  addRegistryList(registries, cli);
  addRegistryGet(registries, cli);
  addRegistryUpdate(registries, cli);
  addRegistryDelete(registries, cli);
  addRegistryTickets(registries, cli);
}
