import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { encryptNvs } from '@mkiot/esp32/nvs/nvsCipher';
import type { NvsVersion } from '@mkiot/esp32/nvs/nvsFormat';
import { parseNvsCsv } from '@mkiot/esp32/nvs/parseNvsCsv';
import { type Command, Option } from 'commander';
import { wholeNumberOrHex } from '../../../arguments.ts';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile, SECRET_FILE, writeNewFile } from '../../../namedFile.ts';
import { nodeAes } from '../../../runtime/nodeAes.ts';
import { KEYS_HELP, readKeysFile } from './keysFile.ts';

interface BuildOptions {
  readonly size: number;
  readonly formatVersion: `${NvsVersion}`;
  readonly keys?: string;
  readonly output: string;
}

export function addNvsBuild(nvs: Command, cli: Cli): void {
  addCommand(nvs, 'build', {
    summary: 'Make a partition from a CSV',
    details:
      'The CSV is that of nvs_partition_gen: key,type,encoding,value. Files that it names are looked for from here. Without --keys ' +
      'the partition is plain, and flash encryption does not cover it.',
    examples: [
      'mkiot esp32 nvs build --size 0x6000 --output nvs.bin values.csv',
      'mkiot esp32 nvs build --size 0x6000 --keys nvs_keys.bin --output nvs.bin values.csv',
    ],
  })
    .argument('<file>', 'CSV')
    .requiredOption('--size <bytes>', 'of the partition, a multiple of 4096', wholeNumberOrHex('--size', 4096, 2 ** 24))
    .addOption(new Option('--format-version <number>', '1 for ESP-IDF before v3.2').choices(['1', '2']).default('2'))
    .option('--keys <file>', `encrypt with these: ${KEYS_HELP}`)
    .requiredOption('--output <file>', 'write the partition to this file')
    .action(async (input: string, options: BuildOptions) => {
      const { size, formatVersion, output } = options;
      const keys = options.keys === undefined ? undefined : await readKeysFile(options.keys);
      const files = [input, ...(options.keys === undefined ? [] : [options.keys])];
      const rows = await parseNvsCsv(await readNamedFile(input), (path) => {
        files.push(path);
        return readNamedFile(path);
      });
      const plain = buildNvs(rows, size, formatVersion === '1' ? 1 : 2);
      const partition = keys === undefined ? plain : encryptNvs(plain, keys, nodeAes);
      await writeNewFile(output, partition, files, SECRET_FILE);
      const values = rows.filter((row) => 'key' in row).length;
      const encrypted = keys === undefined ? 'plain' : 'encrypted';
      const line = `The partition, ${partition.length} bytes, ${encrypted}, is in ${output}. Values in it: ${values}.`;
      await cli.output.result({ file: output, bytes: partition.length, values, encrypted: keys !== undefined }, [line]);
    });
}
