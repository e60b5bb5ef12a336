import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addDeviceBlock(devices: Command, cli: Cli): void {
  addCommand(devices, 'block', {
    summary: 'Keep a device out',
    details: 'A running connection is cut within a second; it cannot log in again until it is unblocked.',
    examples: ['mkiot device block pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action((text: string) => setBlocked(cli, text, true));
}

export function addDeviceUnblock(devices: Command, cli: Cli): void {
  addCommand(devices, 'unblock', {
    summary: 'Let a blocked device in again',
    examples: ['mkiot device unblock pump-1'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action((text: string) => setBlocked(cli, text, false));
}

function setBlocked(cli: Cli, text: string, blocked: boolean): Promise<void> {
  return cli.withServer(async ({ api, names }) => {
    const device = await api.devices.update(names.device(text), { blocked }, ['blocked']);
    await cli.output.result(device, [`Device ${device.id} is ${blocked ? 'blocked' : 'no longer blocked'}.`]);
  });
}
