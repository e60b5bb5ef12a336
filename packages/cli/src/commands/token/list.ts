import type { ApiToken } from '@mkiot/core/api/clientTokens';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';

export function addTokenList(tokens: Command, cli: Cli): void {
  addCommand(tokens, 'list', {
    summary: 'List the API tokens, without their texts',
    examples: ['mkiot token list'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const rows = await collect(api.tokens.list(names.defaults.project));
      await cli.output.list(rows, COLUMNS, 'There are no tokens. Make one with "mkiot token create".');
    });
  });
}

const COLUMNS = {
  token: ({ id }: ApiToken) => id,
  name: ({ name }: ApiToken) => name,
  role: ({ role }: ApiToken) => role,
  registry: ({ registry }: ApiToken) => registry?.split('/').at(-1) ?? 'all',
  'last used': ({ lastUsedTime }: ApiToken) => lastUsedTime ?? 'never',
  expires: ({ expireTime }: ApiToken) => expireTime ?? 'never',
};
