import type { DeviceRegistry } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

export function addRegistryList(registries: Command, cli: Cli): void {
  addCommand(registries, 'list', {
    summary: 'List the registries',
    examples: ['mkiot registry list', 'mkiot registry list --json'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const rows = await collect(api.registries.list(names.location));
      await cli.output.list(rows, COLUMNS, 'There are no registries. Make one with "mkiot registry create NAME".');
    });
  });
}

const COLUMNS = {
  registry: ({ id }: DeviceRegistry) => id,
  mqtt: ({ mqttConfig }: DeviceRegistry) => mqttConfig.mqttEnabledState,
  'log level': ({ logLevel }: DeviceRegistry) => logLevel,
};
