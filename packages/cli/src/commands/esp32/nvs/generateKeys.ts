import { buildNvsKeys, hmacNvsKeys, type NvsKeys } from '@mkiot/esp32/nvs/nvsKeys';
import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile, SECRET_FILE, writeNewFile } from '../../../namedFile.ts';

export function addNvsGenerateKeys(nvs: Command, cli: Cli): void {
  addCommand(nvs, 'generate-keys', {
    summary: 'Make a partition of NVS keys',
    details:
      'The keys are random, or follow from the HMAC key in the eFuses of a chip that derives them. Give every device its own: who has ' +
      'the keys of one could read all that share them.',
    examples: [
      'mkiot esp32 nvs generate-keys --output nvs_keys.bin',
      'mkiot esp32 nvs generate-keys --hmac-key hmac.bin --output nvs_keys.bin',
    ],
  })
    .option('--hmac-key <file>', 'the 32 bytes of an eFuse key of purpose HMAC_UP')
    .requiredOption('--output <file>', 'write the partition, 4096 bytes, to this file')
    .action(async ({ hmacKey, output }: { readonly hmacKey?: string; readonly output: string }) => {
      const keys = hmacKey === undefined ? randomKeys(cli) : await hmacNvsKeys(await readNamedFile(hmacKey));
      await writeNewFile(output, buildNvsKeys(keys), hmacKey === undefined ? [] : [hmacKey], SECRET_FILE);
      await cli.output.result({ file: output }, [`The keys are in ${output}. They are a secret.`]);
    });
}

function randomKeys(cli: Cli): NvsKeys {
  return { dataKey: cli.ports.random(new Uint8Array(32)), tweakKey: cli.ports.random(new Uint8Array(32)) };
}
