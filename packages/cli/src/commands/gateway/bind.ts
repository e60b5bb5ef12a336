import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addGatewayBind(gateways: Command, cli: Cli): void {
  addCommand(gateways, 'bind', {
    summary: 'Let a device go through a gateway of its registry',
    details: 'A gateway has at most 10,000 devices, a device at most 10 gateways.',
    examples: ['mkiot gateway bind hub-1 pump-1'],
  })
    .argument('<gateway>', 'its id or numeric id')
    .argument('<device>', 'its id or numeric id')
    .action(async (gateway: string, device: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.devices.bindToGateway(names.registry(), gateway, device);
        await cli.output.result({}, [`Device ${device} is bound to ${gateway}.`]);
      });
    });
}
