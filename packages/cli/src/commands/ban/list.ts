import type { Ban } from '@mkiot/core/api/clientBans';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

export function addBanList(bans: Command, cli: Cli): void {
  addCommand(bans, 'list', {
    summary: 'List the addresses that are banned now, with cause and end',
    examples: ['mkiot ban list'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const rows = await collect(api.bans.list(names.defaults.project));
      await cli.output.list(rows, COLUMNS, 'No address is banned.');
    });
  });
}

const COLUMNS = {
  address: ({ address }: Ban) => address,
  until: ({ expireTime }: Ban) => expireTime,
  refused: ({ refusedConnections }: Ban) => refusedConnections,
  cause: ({ cause }: Ban) => cause,
};
