import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addRegistryOptions, registryFields, type RegistryOptions } from './registryFields.ts';
import { registryLines } from './registryLines.ts';

export function addRegistryCreate(registries: Command, cli: Cli): void {
  const command = addCommand(registries, 'create', {
    summary: 'Make a registry, a group of devices with common rules',
    details: 'A new installation has a registry already: "default".',
    examples: [
      'mkiot registry create greenhouse',
      'mkiot registry create greenhouse --max-token-lifetime 1h --log-level INFO',
    ],
  }).argument('<registry>', 'its id, such as greenhouse');
  addRegistryOptions(command).action(async (id: string, options: RegistryOptions) => {
    await cli.withServer(async ({ api, names }) => {
      const name = names.registry(id);
      const registry = await api.registries.create(name, name.registry, registryFields(options).fields);
      await cli.output.result(registry, registryLines(registry));
    });
  });
}
