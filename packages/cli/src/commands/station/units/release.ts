import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';

export function addUnitsRelease(units: Command, cli: Cli): void {
  addCommand(units, 'release', {
    summary: 'Let a retired unit be registered once more',
    details:
      'For a board whose device was deleted and that gets a second life. Erase its flash, so that it makes new keys: the old ' +
      'ones stay used, and so does its old record. The audit trail keeps who released it and why. Needs the role editor or ' +
      'admin, for the whole installation.',
    examples: ['mkiot station units release 24:0a:c4:12:34:56 --why "repaired, back to stock"'],
  })
    .argument('<mac>', 'the MAC address of its chip', (mac: string) => mac.toLowerCase())
    .requiredOption('--why <words>', 'the reason, for the audit trail')
    .action(async (mac: string, { why }: { readonly why: string }) => {
      await cli.withServer(async ({ api, names }) => {
        await api.provisioning.releaseUnit(names.location.project, mac, why);
        await cli.output.result({}, [`A station or a ticket may register ${mac} once more.`]);
      });
    });
}
