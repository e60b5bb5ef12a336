import { hostIdentity } from '@mkiot/server/runtime/hostIdentity';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addCommand } from '../commandHelp.ts';
import { dataFolderOf } from '../dataFolderOf.ts';
import { readListening } from '../platform/listening.ts';
import { hostNameOf, setupLink } from '../platform/welcome.ts';

/** Port of the API where the running platform does not tell. */
const HTTPS_PORT = 8443;

export function addSetupLink(program: Command, cli: Cli): void {
  addCommand(program, 'setup-link', {
    summary: 'Make a new one-time link that makes its opener administrator',
    details:
      'For when the first link was lost or is used. It works once, within an hour; the one before is worthless from ' +
      'then on. Only on the machine of the server.',
    examples: ['mkiot setup-link'],
  }).action(async () => {
    await cli.withLocalServer(async ({ api }) => {
      const { code, expireTime } = await api.setup.issue();
      const listening = await readListening(dataFolderOf(cli.options, cli.ports));
      const host = hostNameOf(hostIdentity());
      const link = setupLink(`https://${host}:${listening?.https ?? HTTPS_PORT}`, code);
      await cli.output.result({ link, expireTime }, [`Works once, until ${expireTime}:`, '', `  ${link}`]);
    });
  });
}
