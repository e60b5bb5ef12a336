import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addDeviceDelete(devices: Command, cli: Cli): void {
  addCommand(devices, 'delete', {
    summary: 'Delete a device with its keys, config and states',
    details: 'A running connection is cut at once. Its events stay in the event log.',
    examples: ['mkiot device delete pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const name = names.device(text);
        await api.devices.delete(name);
        await cli.output.result({}, [`Device ${name.device} is deleted.`]);
      });
    });
}
