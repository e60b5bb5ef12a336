import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addTokenRevoke(tokens: Command, cli: Cli): void {
  addCommand(tokens, 'revoke', {
    summary: 'Take a token back: from now on it is refused',
    examples: ['mkiot token revoke 4711'],
  })
    .argument('<token>', 'its id, as "mkiot token list" shows it; not its text')
    .action(async (id: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.tokens.revoke(names.defaults.project, id);
        await cli.output.result({}, [`Token ${id} is revoked.`]);
      });
    });
}
