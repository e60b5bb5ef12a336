import type { DeviceState } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { printablePayload } from '../../output/printable.ts';

export function addDeviceState(devices: Command, cli: Cli): void {
  addCommand(devices, 'state', {
    summary: 'List the last ten states that a device reported',
    examples: ['mkiot device state pump-1', 'mkiot device state pump-1 --json'],
  })
    .argument('<device>', 'its id, numeric id or whole name')
    .action(async (text: string) => {
      await cli.withServer(async ({ api, names }) => {
        const states = await api.devices.states(names.device(text));
        await cli.output.list(states, COLUMNS, 'The device has not reported a state yet.');
      });
    });
}

const COLUMNS = {
  reported: ({ updateTime }: DeviceState) => updateTime,
  state: ({ binaryData }: DeviceState) => printablePayload(binaryData),
};
