import { decryptNvs } from '@mkiot/esp32/nvs/nvsCipher';
import { checkReadable } from '@mkiot/esp32/nvs/nvsDamage';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';
import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile, SECRET_FILE, writeNewFile } from '../../../namedFile.ts';
import { nodeAes } from '../../../runtime/nodeAes.ts';
import { KEYS_HELP, readKeysFile } from './keysFile.ts';

export function addNvsDecrypt(nvs: Command, cli: Cli): void {
  addCommand(nvs, 'decrypt', {
    summary: 'Decrypt a partition with its NVS keys',
    examples: ['mkiot esp32 nvs decrypt --keys nvs_keys.bin --output plain.bin nvs.bin'],
  })
    .argument('<file>', 'the encrypted partition')
    .requiredOption('--keys <file>', KEYS_HELP)
    .requiredOption('--output <file>', 'write the partition to this file')
    .action(async (input: string, { keys, output }: { readonly keys: string; readonly output: string }) => {
      const plain = decryptNvs(await readNamedFile(input), await readKeysFile(keys), nodeAes);
      checkReadable(parseNvs(plain), true);
      await writeNewFile(output, plain, [input, keys], SECRET_FILE);
      await cli.output.result({ file: output, bytes: plain.length }, [`The decrypted partition is in ${output}.`]);
    });
}
