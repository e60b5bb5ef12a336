import type { Station } from '@mkiot/core/api/clientProvisioning';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

export function addStationList(stations: Command, cli: Cli): void {
  addCommand(stations, 'list', {
    summary: 'List the stations of a registry, and what they have registered',
    examples: ['mkiot station list', 'mkiot station list --registry pumps --json'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const rows = await collect(api.provisioning.listStations(names.registry()));
      const whenEmpty = `There are no stations in ${names.registry().registry}. "mkiot station enrol" makes one.`;
      await cli.output.list(rows, COLUMNS, whenEmpty);
    });
  });
}

const COLUMNS = {
  station: ({ id }: Station) => id,
  name: ({ name }: Station) => name,
  devices: ({ registeredDevices, maxDevices }: Station) => `${registeredDevices} of ${maxDevices}`,
  'last used': ({ lastUsedTime }: Station) => lastUsedTime ?? 'never',
  ends: ({ expireTime, revokeTime }: Station) => (revokeTime === undefined ? expireTime : `revoked ${revokeTime}`),
};
