import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { CredentialsFile } from '../../connection/credentials.ts';

export function addLogout(program: Command, cli: Cli): void {
  addCommand(program, 'logout', {
    summary: 'Forget the saved login',
    details: 'The token stays valid on the server until "mkiot token revoke" takes it back.',
    examples: ['mkiot logout'],
  }).action(async () => {
    const credentials = new CredentialsFile(cli.ports);
    await credentials.remove();
    await cli.output.result({}, [`No login is kept in ${credentials.path} any longer.`]);
  });
}
