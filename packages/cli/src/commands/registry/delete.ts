import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addRegistryDelete(registries: Command, cli: Cli): void {
  addCommand(registries, 'delete', {
    summary: 'Delete a registry that has no devices',
    examples: ['mkiot registry delete greenhouse'],
  })
    .argument('<registry>', 'its id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const name = names.registry(text);
        await api.registries.delete(name);
        await cli.output.result({}, [`Registry ${name.registry} is deleted.`]);
      });
    });
}
