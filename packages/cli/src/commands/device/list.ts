import type { Device } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

const FIELDS = ['blocked', 'metadata', 'lastHeartbeatTime', 'lastEventTime', 'lastErrorTime'];

export function addDeviceList(devices: Command, cli: Cli): void {
  addCommand(devices, 'list', {
    summary: 'List the devices of a registry',
    examples: ['mkiot device list', 'mkiot device list --registry greenhouse --json'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const rows = await collect(api.devices.list(names.registry(), FIELDS));
      const whenEmpty = `There are no devices in ${names.registry().registry}. "mkiot device create --help" says how to add one.`;
      await cli.output.list(rows, COLUMNS, whenEmpty);
    });
  });
}

const COLUMNS = {
  device: ({ id }: Device) => id,
  'numeric id': ({ numId }: Device) => numId,
  blocked: ({ blocked }: Device) => (blocked ? 'yes' : 'no'),
  'last event': ({ lastEventTime }: Device) => lastEventTime ?? '-',
};
