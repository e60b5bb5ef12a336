import { concatBytes } from '@mkiot/core/bytes/bytes';
import { efuseError } from './efuseErrors.ts';

/** `BLOCK_KEY0 (BLOCK4 ) [4 ] dump: 00000000 …`; `read_regs` in versions 2 to 4. */
const BLOCK = /^\w+ +\(.*\) \[(\d+) *\] (?:dump|read_regs): ((?:[0-9a-f]{8} ?)+)$/;

/**
 * The joint dump that the text of `espefuse dump` is: its blocks, one after the other.
 *
 * @returns undefined where the text is something else
 * @throws `EFUSE_DUMP_ORDER` where blocks are missing, as in a dump that is cut in the middle
 */
export function parseDumpText(text: string): Uint8Array | undefined {
  const blocks: Uint8Array[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, number, words] = line.length > 200 ? [] : (BLOCK.exec(line.trimEnd()) ?? []);
    if (words === undefined) continue;
    if (Number(number) !== blocks.length) {
      throw efuseError('EFUSE_DUMP_ORDER', { line: index + 1, expected: blocks.length, found: Number(number) });
    }
    blocks.push(wordBytes(words.trim().split(' ')));
  }
  return blocks.length === 0 ? undefined : concatBytes(...blocks);
}

function wordBytes(words: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, Number.parseInt(word, 16), true);
  return bytes;
}
