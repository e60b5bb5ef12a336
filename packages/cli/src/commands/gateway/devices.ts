import type { Device } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

export function addGatewayDevices(gateways: Command, cli: Cli): void {
  addCommand(gateways, 'devices', {
    summary: 'List the devices that are bound to a gateway',
    examples: ['mkiot gateway devices hub-1'],
  })
    .argument('<gateway>', 'its id or numeric id')
    .action(async (gateway: string) => {
      await cli.withServer(async ({ api, names }) => {
        const filter = { associationsGatewayId: gateway };
        const rows = await collect(api.devices.list(names.registry(), ['blocked', 'lastEventTime'], filter));
        await cli.output.list(rows, COLUMNS, `No device is bound to ${gateway}.`);
      });
    });
}

const COLUMNS = {
  device: ({ id }: Device) => id,
  'numeric id': ({ numId }: Device) => numId,
  blocked: ({ blocked }: Device) => (blocked ? 'yes' : 'no'),
  'last event': ({ lastEventTime }: Device) => lastEventTime ?? '-',
};
