import { base64Encode } from '@mkiot/core/bytes/base64';
import { decryptNvs } from '@mkiot/esp32/nvs/nvsCipher';
import { checkReadable, nvsDamage } from '@mkiot/esp32/nvs/nvsDamage';
import { nvsRecords } from '@mkiot/esp32/nvs/nvsRecords';
import { nvsToolRows } from '@mkiot/esp32/nvs/nvsToolRows';
import { type NvsPage, parseNvs } from '@mkiot/esp32/nvs/parseNvs';
import type { Command } from 'commander';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';
import { readNamedFile } from '../../../namedFile.ts';
import { nodeAes } from '../../../runtime/nodeAes.ts';
import { addFormat, type FormatOption, resultIn } from '../format.ts';
import { KEYS_HELP, readKeysFile } from './keysFile.ts';
import { nvsLines } from './nvsLines.ts';

export function addNvsParse(nvs: Command, cli: Cli): void {
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
    const keys = options.keys === undefined ? undefined : await readKeysFile(options.keys);
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

/** Bytes that belong to no entry, as rows too. */
function leftoverRows(pages: readonly NvsPage[]): readonly unknown[] {
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
