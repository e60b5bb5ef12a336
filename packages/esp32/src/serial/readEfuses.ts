import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Chip } from '../chips/chip.ts';
import type { EfuseRegisterLayout } from '../chips/efuseRegisters.ts';
import { blockBytes, codingScheme, type EfuseDump } from '../efuse/efuseDump.ts';
import { wordBytes } from './packet.ts';
import type { RomLoader } from './romLoader.ts';

/** All eFuses, read from the controller's registers: what is read-protected reads as zeros. */
export async function readEfuses(loader: RomLoader, chip: Chip): Promise<EfuseDump> {
  const blocks: Uint8Array[] = [];
  for (const block of chip.efuse.blocks) {
    const scheme = codingScheme(chip, blocks[0] ?? new Uint8Array(block.words * 4));
    const words: Uint8Array[] = [];
    for (let at = 0; at < blockBytes(block, scheme); at += 4) {
      words.push(wordBytes(await loader.readReg(chip.efuse.baseAddress + block.readOffset + at)));
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
