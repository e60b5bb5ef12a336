import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addBanLift } from './lift.ts';
import { addBanList } from './list.ts';

export function addBan(program: Command, cli: Cli): void {
  const bans = addCommand(program, 'ban', {
    summary: 'Addresses that are not let in for a while',
    details:
      'An address that sends nothing but garbage or handshakes is banned by itself, for ten seconds at first and five ' +
      'minutes at most. docs/limits.md says when.',
    examples: ['mkiot ban list', 'mkiot ban lift 192.0.2.7'],
  });
  addBanList(bans, cli);
  addBanLift(bans, cli);
}
