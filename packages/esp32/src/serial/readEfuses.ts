import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Chip } from '../chips/chip.ts';
import type { EfuseRegisterLayout } from '../chips/efuseRegisters.ts';
import { blockBytes, codingScheme, type EfuseDump } from '../efuse/efuseDump.ts';
import { wordBytes, wordsOf } from './packet.ts';
import type { RomLoader } from './romLoader.ts';

/**
 * All eFuses, read from the controller's registers: what is read-protected reads as zeros.
 *
 * @param expected what is as it was expected needs half as many questions, each of which takes its time on a USB cable
 */
export async function readEfuses(loader: RomLoader, chip: Chip, expected?: EfuseDump): Promise<EfuseDump> {
  const blocks: Uint8Array[] = [];
  for (const block of chip.efuse.blocks) {
    const scheme = codingScheme(chip, blocks[0] ?? new Uint8Array(block.words * 4));
    const expectedWords = wordsOf(expected?.blocks[block.number] ?? new Uint8Array());
    const words: Uint8Array[] = [];
    for (let word = 0; word < blockBytes(block, scheme) / 4; word++) {
      const address = chip.efuse.baseAddress + block.readOffset + 4 * word;
      words.push(wordBytes(await loader.readReg(address, expectedWords[word])));
    }
    blocks.push(concatBytes(...words));
  }
  return { chip, blocks };
}

/** The blocks whose check bits do not fit their data. */
export async function brokenBlocks(
  loader: RomLoader,
  chip: Chip,
  { errors }: EfuseRegisterLayout,
): Promise<readonly number[]> {
  const words = new Map<number, number>();
  for (const { register } of errors) {
    if (!words.has(register)) words.set(register, await loader.readReg(chip.efuse.baseAddress + register));
  }
  return errors
    .filter(({ register, bit, value }) => (((words.get(register) ?? 0) >>> bit) & value) !== 0)
    .map(({ block }) => block);
}
