import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addGatewayUnbind(gateways: Command, cli: Cli): void {
  addCommand(gateways, 'unbind', {
    summary: 'Let a device no longer go through a gateway',
    examples: ['mkiot gateway unbind hub-1 pump-1'],
  })
    .argument('<gateway>', 'its id or numeric id')
    .argument('<device>', 'its id or numeric id')
    .action(async (gateway: string, device: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.devices.unbindFromGateway(names.registry(), gateway, device);
        await cli.output.result({}, [`Device ${device} is no longer bound to ${gateway}.`]);
      });
    });
}
