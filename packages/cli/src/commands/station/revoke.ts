import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addStationRevoke(stations: Command, cli: Cli): void {
  addCommand(stations, 'revoke', {
    summary: 'End a station: from now on it registers nothing',
    details: 'The devices that it has registered stay as they are.',
    examples: ['mkiot station revoke 9f86d081884c7d65'],
  })
    .argument('<station>', 'its id, as "mkiot station list" shows it')
    .action(async (id: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.provisioning.revokeStation(names.registry(), id);
        await cli.output.result({}, [`Station ${id} is revoked.`]);
      });
    });
}
