import { readAuthorityCertificate } from '@mkiot/server/certificates/certificateAuthority';
import { describeCertificate } from '@mkiot/server/certificates/certificateDescription';
import { dataFolderPaths } from '@mkiot/server/dataFolder/dataFolderPaths';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { dataFolderOf } from '../../dataFolderOf.ts';
import { fieldLines } from '../../output/fields.ts';
import { formatFingerprint } from '@mkiot/core/crypto/fingerprint';

export function addCaShow(ca: Command, cli: Cli): void {
  addCommand(ca, 'show', {
    summary: 'Show its fingerprint and how long it lives',
    details: '"mkiot login" on another machine shows the same fingerprint when nobody is in between.',
    examples: ['mkiot ca show'],
  }).action(async () => {
    const paths = dataFolderPaths(dataFolderOf(cli.options, cli.ports));
    const description = describeCertificate(await readAuthorityCertificate(paths));
    const { subject, notBefore, notAfter, publicKeySha256, sha256Fingerprint } = description;
    const fingerprint = formatFingerprint(sha256Fingerprint);
    const lines = fieldLines({
      Authority: subject,
      File: paths.authorityCertificate,
      'Valid from': notBefore,
      'Valid until': notAfter,
      'Public key pin': publicKeySha256,
    });
    await cli.output.result({ ...description, fingerprint }, [...lines, 'Fingerprint', `  ${fingerprint}`]);
  });
}
