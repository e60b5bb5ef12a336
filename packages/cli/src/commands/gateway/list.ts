import type { Device } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

interface ListOptions {
  readonly device?: string;
}

export function addGatewayList(gateways: Command, cli: Cli): void {
  addCommand(gateways, 'list', {
    summary: 'List the gateways of a registry',
    examples: ['mkiot gateway list', 'mkiot gateway list --device pump-1'],
  })
    .option('--device <device>', 'only those to which this device is bound')
    .action(async ({ device }: ListOptions) => {
      await cli.withServer(async ({ api, names }) => {
        const filter = device === undefined ? { gatewayType: 'GATEWAY' as const } : { associationsDeviceId: device };
        const rows = await collect(api.devices.list(names.registry(), ['gatewayConfig'], filter));
        await cli.output.list(
          rows,
          COLUMNS,
          'There are none. "mkiot device create --help" says how to make a gateway.',
        );
      });
    });
}

const COLUMNS = {
  gateway: ({ id }: Device) => id,
  'numeric id': ({ numId }: Device) => numId,
  'lets through': ({ gatewayConfig }: Device) => gatewayConfig.gatewayAuthMethod,
};
