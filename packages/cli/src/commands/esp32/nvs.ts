import { base64Encode } from '@mkiot/core/bytes/base64';
import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { decryptNvs, encryptNvs } from '@mkiot/esp32/nvs/nvsCipher';
import { checkReadable, nvsDamage } from '@mkiot/esp32/nvs/nvsDamage';
import type { NvsVersion } from '@mkiot/esp32/nvs/nvsFormat';
import { HMAC_KEY_BYTES, hmacNvsKeys, type NvsKeys, parseNvsKeys } from '@mkiot/esp32/nvs/nvsKeys';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { nvsToolRows } from '@mkiot/esp32/nvs/nvsToolRows';
import { parseNvs } from '@mkiot/esp32/nvs/parseNvs';
import { parseNvsCsv } from '@mkiot/esp32/nvs/parseNvsCsv';
import { type Command, Option } from 'commander';
import { wholeNumberOrHex } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { readNamedFile, SECRET_FILE, writeNewFile } from '../../namedFile.ts';
import { nodeAes } from '../../runtime/nodeAes.ts';
import { addFormat, type FormatOption, resultIn } from './format.ts';
import { nvsLines } from './nvsLines.ts';

const KEYS_HELP = 'partition of NVS keys, 4096 bytes; or the 32 bytes of the HMAC key in the eFuses';

export function addNvs(esp32: Command, cli: Cli): void {
  const nvs = addCommand(esp32, 'nvs', {
    summary: 'Read, build and decrypt partitions of non-volatile storage',
    details: 'What is in them are settings, Wi-Fi passwords, and often keys: treat the output as a secret.',
    examples: [
      'mkiot esp32 nvs parse nvs.bin',
      'mkiot esp32 nvs build --size 0x6000 --output nvs.bin values.csv',
      'mkiot esp32 nvs decrypt --keys nvs_keys.bin --output plain.bin nvs.bin',
    ],
  });
  addParse(nvs, cli);
  addBuild(nvs, cli);
  addDecrypt(nvs, cli);
}

function addParse(nvs: Command, cli: Cli): void {
  const parse = addCommand(nvs, 'parse', {
    summary: 'Show what a partition holds, also what was deleted and can still be read',
    details:
      'A device clears two bits to delete a value; its bytes stay until the page is erased. The JSON is that of "nvs_tool.py --dump ' +
      'minimal --format json", with offset and state of what that leaves out.',
    examples: ['mkiot esp32 nvs parse nvs.bin', 'mkiot esp32 nvs parse --keys nvs_keys.bin --format json nvs.bin'],
  })
    .argument('<file>', 'the partition, as flash encryption gives it')
    .option('--keys <file>', KEYS_HELP);
  addFormat(parse).action(async (input: string, options: FormatOption & { readonly keys?: string }) => {
    const keys = options.keys === undefined ? undefined : await readKeys(options.keys);
    const partition = await readNamedFile(input);
    const pages = parseNvs(keys === undefined ? partition : decryptNvs(partition, keys, nodeAes));
    checkReadable(pages, keys !== undefined);
    const rows = nvsToolRows(pages).map((row) => ({ ...row, data: jsonNumber(row.data) }));
    await resultIn(
      options,
      cli,
      [...rows, ...leftoverRows(pages)],
      nvsLines(nvsRecords(pages), pages, nvsDamage(pages)),
    );
  });
}

function addBuild(nvs: Command, cli: Cli): void {
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
      const keys = options.keys === undefined ? undefined : await readKeys(options.keys);
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

interface BuildOptions {
  readonly size: number;
  readonly formatVersion: `${NvsVersion}`;
  readonly keys?: string;
  readonly output: string;
}

function addDecrypt(nvs: Command, cli: Cli): void {
  addCommand(nvs, 'decrypt', {
    summary: 'Decrypt a partition with its NVS keys',
    examples: ['mkiot esp32 nvs decrypt --keys nvs_keys.bin --output plain.bin nvs.bin'],
  })
    .argument('<file>', 'the encrypted partition')
    .requiredOption('--keys <file>', KEYS_HELP)
    .requiredOption('--output <file>', 'write the partition to this file')
    .action(async (input: string, { keys, output }: { readonly keys: string; readonly output: string }) => {
      const plain = decryptNvs(await readNamedFile(input), await readKeys(keys), nodeAes);
      checkReadable(parseNvs(plain), true);
      await writeNewFile(output, plain, [input, keys], SECRET_FILE);
      await cli.output.result({ file: output, bytes: plain.length }, [`The decrypted partition is in ${output}.`]);
    });
}

async function readKeys(path: string): Promise<NvsKeys> {
  const bytes = await readNamedFile(path);
  return bytes.length === HMAC_KEY_BYTES ? hmacNvsKeys(bytes) : parseNvsKeys(bytes);
}

/** Bytes that belong to no entry, as rows too. */
function leftoverRows(pages: ReturnType<typeof parseNvs>): readonly unknown[] {
  const leftovers = pages.flatMap((page) => page.leftovers);
  return leftovers.map(({ offset, state, bytes }) => {
    return { state: state === 'written' ? 'Damaged' : 'Leftover', offset, data: base64Encode(bytes) };
  });
}

/** JSON has integers of any size; a number of JavaScript would round those of 64 bits. */
function jsonNumber(data: bigint | string): unknown {
  if (typeof data === 'string') return data;
  const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
  return rawJSON(String(data));
}
