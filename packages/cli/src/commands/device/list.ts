import type { Device } from '@mkiot/core/api/resources';
import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

const FIELDS = ['blocked', 'presence', 'metadata', 'lastHeartbeatTime', 'lastEventTime', 'lastErrorTime'];

export function addDeviceList(devices: Command, cli: Cli): void {
  addCommand(devices, 'list', {
    summary: 'List the devices of a registry',
    examples: [
      'mkiot device list',
      'mkiot device list --disconnected',
      'mkiot device list --registry greenhouse --json',
    ],
  })
    .option('--connected', 'only those that are connected')
    .addOption(new Option('--disconnected', 'only those that are not').conflicts('connected'))
    .action(async ({ connected, disconnected }: { readonly connected?: true; readonly disconnected?: true }) => {
      await cli.withServer(async ({ api, names }) => {
        const { registry } = names.registry();
        const wanted = connected ?? (disconnected === true ? false : undefined);
        const filter = wanted === undefined ? {} : { connected: wanted };
        const rows = await collect(api.devices.list(names.registry(), FIELDS, filter));
        const whenEmpty =
          wanted === undefined
            ? `There are no devices in ${registry}. "mkiot device create --help" says how to add one.`
            : `No device in ${registry} is ${wanted ? 'connected' : 'without a connection'}.`;
        await cli.output.list(rows, COLUMNS, whenEmpty);
      });
    });
}

const COLUMNS = {
  device: ({ id }: Device) => id,
  'numeric id': ({ numId }: Device) => numId,
  blocked: ({ blocked }: Device) => (blocked ? 'yes' : 'no'),
  connected: ({ presence }: Device) => (presence?.connected === true ? 'yes' : 'no'),
  'last event': ({ lastEventTime }: Device) => lastEventTime ?? '-',
};
