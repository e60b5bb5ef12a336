import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { usageError } from '../../usageErrors.ts';
import { addRegistryOptions, registryFields, type RegistryOptions } from './registryFields.ts';
import { registryLines } from './registryLines.ts';

export function addRegistryUpdate(registries: Command, cli: Cli): void {
  const command = addCommand(registries, 'update', {
    summary: 'Change the rules of a registry',
    details: 'What is not named stays as it is.',
    examples: [
      'mkiot registry update greenhouse --max-session 12h',
      'mkiot registry update greenhouse --mqtt disabled',
    ],
  }).argument('<registry>', 'its id or whole name');
  addRegistryOptions(command).action(async (text: string, options: RegistryOptions) => {
    const { fields, updateMask } = registryFields(options);
    if (updateMask.length === 0) throw usageError('NOTHING_TO_CHANGE');
    await cli.withServer(async ({ api, names }) => {
      const registry = await api.registries.update(names.registry(text), fields, updateMask);
      await cli.output.result(registry, registryLines(registry));
    });
  });
}
