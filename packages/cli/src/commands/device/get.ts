import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { deviceLines } from './deviceLines.ts';

export function addDeviceGet(devices: Command, cli: Cli): void {
  addCommand(devices, 'get', {
    summary: 'Show a device',
    examples: ['mkiot device get pump-1', 'mkiot device get 2874563219874561 --json'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const device = await api.devices.get(names.device(text));
        await cli.output.result(device, deviceLines(device));
      });
    });
}
