import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { registryLines } from './registryLines.ts';

export function addRegistryGet(registries: Command, cli: Cli): void {
  addCommand(registries, 'get', {
    summary: 'Show a registry',
    examples: ['mkiot registry get', 'mkiot registry get greenhouse --json'],
  })
    .argument('[registry]', 'its id or whole name; without it, the default registry')
    .action(async (text: string | undefined) => {
      await cli.withServer(async ({ api, names }) => {
        const registry = await api.registries.get(names.registry(text));
        await cli.output.result(registry, registryLines(registry));
      });
    });
}
