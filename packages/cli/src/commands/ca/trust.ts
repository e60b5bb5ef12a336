import { readAuthorityCertificate } from '@mkiot/server/certificates/certificateAuthority';
import { describeCertificate } from '@mkiot/server/certificates/certificateDescription';
import { trustOnDebian, trustStores } from '@mkiot/server/certificates/trustStores';
import { dataFolderPaths } from '@mkiot/server/dataFolder/dataFolderPaths';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { dataFolderOf } from '../../dataFolderOf.ts';

export function addCaTrust(ca: Command, cli: Cli): void {
  addCommand(ca, 'trust', {
    summary: 'Let the browsers and programs of this machine trust it',
    details: 'On Debian as root it is done; elsewhere the commands that do it are printed.',
    examples: ['mkiot ca trust', 'sudo mkiot ca trust --data ~/.local/share/mkiot'],
  }).action(async () => {
    const paths = dataFolderPaths(dataFolderOf(cli.options, cli.ports));
    const pem = await readAuthorityCertificate(paths);
    // "CN=MkIoT CA mkiot-abc123": the last word is the installation's id.
    const name = describeCertificate(pem).subject.split(' ').at(-1) ?? 'mkiot';
    const file = await trustOnDebian(pem, name, cli.ports.trustStore);
    if (file !== undefined) return cli.output.result({ file }, [`This system trusts it now, by ${file}.`]);
    const stores = trustStores(paths.authorityCertificate, name);
    const lines = stores.flatMap(({ system, commands }) => [`${system}:`, ...commands.map((one) => `  ${one}`), '']);
    await cli.output.result({ trusted: false, stores }, [
      'Nothing was changed. To have it trusted, run:',
      '',
      ...lines,
    ]);
  });
}
