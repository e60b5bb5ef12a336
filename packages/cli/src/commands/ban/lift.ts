import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addBanLift(bans: Command, cli: Cli): void {
  addCommand(bans, 'lift', {
    summary: 'Let an address in again before its ban ends',
    details: 'The audit trail tells who did it. The address is banned again if it goes on.',
    examples: ['mkiot ban lift 192.0.2.7', 'mkiot ban lift 2001:db8:0:1::/64'],
  })
    .argument('<address>', 'as "mkiot ban list" shows it, or any address of a network there')
    .action(async (address: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.bans.lift(names.defaults.project, address);
        await cli.output.result({}, [`${address} is let in again.`]);
      });
    });
}
