import { readAuthorityCertificate } from '@mkiot/server/certificates/certificateAuthority';
import { certificateDer } from '@mkiot/server/certificates/certificateDescription';
import { dataFolderPaths } from '@mkiot/server/dataFolder/dataFolderPaths';
import type { Command } from 'commander';
import { writeNamedFile } from '../../namedFile.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { dataFolderOf } from '../../dataFolderOf.ts';
import { usageError } from '../../usageErrors.ts';

interface ExportOptions {
  readonly der?: boolean;
  readonly out?: string;
}

export function addCaExport(ca: Command, cli: Cli): void {
  addCommand(ca, 'export', {
    summary: 'Write its certificate for devices and browsers to trust',
    details: 'The certificate is public; the private key never leaves the data folder.',
    examples: ['mkiot ca export > ca.pem', 'mkiot ca export --der --out ca.der'],
  })
    .option('--out <file>', 'write to this file instead of the standard output')
    .option('--der', 'binary DER, which some boards want, instead of PEM')
    .action(async ({ der, out }: ExportOptions) => {
      if (der === true && out === undefined) throw usageError('DER_NEEDS_FILE');
      const pem = await readAuthorityCertificate(dataFolderPaths(dataFolderOf(cli.options, cli.ports)));
      if (out === undefined) return cli.output.result({ pem }, [pem.trimEnd()]);
      await writeNamedFile(out, der === true ? certificateDer(pem) : pem);
      await cli.output.result({ file: out }, [`The certificate is in ${out}.`]);
    });
}
