import type { ProvisionedUnit } from '@mkiot/core/api/clientProvisioning';
import { revisionText } from '@mkiot/esp32/efuse/efuseFields';
import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { collect } from '../../../collect.ts';
import { addCommand } from '../../../commandHelp.ts';

export function addUnitsList(units: Command, cli: Cli): void {
  addCommand(units, 'list', {
    summary: 'List the units that the stations of a registry have registered',
    details: 'With --json each has its record and the signature, as the station sent them.',
    examples: ['mkiot station units list', 'mkiot station units list --station 9f86d081884c7d65 --json'],
  })
    .option('--station <id>', 'only those of this station')
    .action(async ({ station }: { readonly station?: string }) => {
      await cli.withServer(async ({ api, names }) => {
        const rows = await collect(api.provisioning.listUnits(names.registry(), { station }));
        await cli.output.list(rows, COLUMNS, 'No station has registered a unit here.');
      });
    });
}

const COLUMNS = {
  mac: ({ mac }: ProvisionedUnit) => mac,
  device: ({ device, retired }: ProvisionedUnit) => `${device.split('/').at(-1)}${retired ? ' (deleted)' : ''}`,
  chip: ({ chip: { name, revision } }: ProvisionedUnit) => `${name} ${revisionText(revision)}`,
  registered: ({ registerTime }: ProvisionedUnit) => registerTime,
};
