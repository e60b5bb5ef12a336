import { concatBytes } from '@mkiot/core/bytes/bytes';
import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { Chip, EfuseBlock } from '../chips/chip.ts';
import { EFUSE_COMMAND, EFUSE_CONF, EFUSE_REGISTERS, type EfuseRegisterLayout } from '../chips/efuseRegisters.ts';
import { CODING_SCHEME, codingScheme, type EfuseDump } from '../efuse/efuseDump.ts';
import { reedSolomonCheck } from '../efuse/reedSolomon.ts';
import { encodeThreeQuarters } from '../efuse/threeQuartersCoding.ts';
import { loaderError } from './loaderErrors.ts';
import { wordsOf } from './packet.ts';
import type { RomLoader } from './romLoader.ts';

const BLOCK_BYTES = 32;
const POLLS = 20;
const POLL_MS = 5;
/** The ROM looks at some eFuses after each command: they have to be read by then (esptool's figure). */
const READ_US = 1_000;

/**
 * Burns bits into one block, as the technical reference manuals say (chapter eFuse Controller, "Burning of eFuses"), and has
 * the controller read all blocks again. Burning the same bits again changes nothing, so a burn that was cut can be repeated.
 *
 * @param current tells the coding scheme
 * @param data of the whole block, without its check bits; zeros burn nothing
 * @throws `EFUSE_CONTROLLER_BUSY`, and as the commands of the loader
 */
export async function burnBlock(
  loader: RomLoader,
  current: EfuseDump,
  block: EfuseBlock,
  data: Uint8Array,
): Promise<void> {
  const { chip } = current;
  const layout = EFUSE_REGISTERS[chip.name];
  if (layout === undefined) throw new TypeError(`no eFuse registers of ${chip.name}`);
  const at = (offset: number): number => chip.efuse.baseAddress + offset;
  const { clock } = loader.link;
  for (const { register, value, mask } of layout.timing) await loader.writeReg(at(register), value, mask);
  await clear(loader, layout, chip);
  const start = layout.programOffsets[layout.commandNamesBlock ? 0 : block.number] ?? 0;
  const bits = [...wordsOf(coded(current, block, data)).entries()].filter(([, word]) => word !== 0);
  for (const [index, word] of bits) await writeSurely(loader, at(start + 4 * index), word);
  await loader.writeReg(at(layout.conf), EFUSE_CONF.burn);
  const named = layout.commandNamesBlock ? block.number << 2 : 0;
  await loader.writeReg(at(layout.command), EFUSE_COMMAND.burn | named);
  await idle(loader, at(layout.command), clock);
  for (const [index] of bits) await writeSurely(loader, at(start + 4 * index), 0);
  await loader.writeReg(at(layout.conf), EFUSE_CONF.read);
  await loader.writeReg(at(layout.command), EFUSE_COMMAND.read, 0xffffffff, READ_US);
}

/** What lies in the registers is burned with whatever comes next. */
async function clear(
  loader: RomLoader,
  { programOffsets, programWords, commandNamesBlock }: EfuseRegisterLayout,
  { efuse }: Chip,
): Promise<void> {
  for (const [number, start] of programOffsets.entries()) {
    // Where blocks have registers of their own, what follows the last word is another block's.
    const words = commandNamesBlock ? programWords : (efuse.blocks[number]?.words ?? 0);
    for (let word = 0; word < words; word++) await writeSurely(loader, efuse.baseAddress + start + 4 * word, 0);
  }
}

/** A request has no checksum either: a bent bit here would be burned for ever. @throws `LOADER_GARBLED` */
async function writeSurely(loader: RomLoader, address: number, value: number): Promise<void> {
  for (let attempt = 0; attempt < POLLS; attempt++) {
    await loader.writeReg(address, value);
    if ((await loader.readReg(address, value)) === value) return;
  }
  throw loaderError('LOADER_GARBLED', { doing: 'to take the bits that are to be burned', tries: POLLS });
}

async function idle(loader: RomLoader, command: number, clock: Clock): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    if (((await loader.readReg(command)) & (EFUSE_COMMAND.burn | EFUSE_COMMAND.read)) === 0) return;
    await delay(clock, POLL_MS);
  }
  throw loaderError('EFUSE_CONTROLLER_BUSY');
}

/** The fuses of a block for its data: as they are, or with the check bits of its coding. */
function coded({ chip, blocks }: EfuseDump, { number, words }: EfuseBlock, data: Uint8Array): Uint8Array {
  if (number === 0) return data;
  if (chip.efuse.coding === 'reed-solomon') {
    const whole = new Uint8Array(BLOCK_BYTES);
    whole.set(data.subarray(0, words * 4));
    return concatBytes(whole, reedSolomonCheck(whole));
  }
  const scheme = codingScheme(chip, blocks[0] ?? new Uint8Array());
  if (scheme === CODING_SCHEME.repeat) throw loaderError('EFUSE_CODING_REPEAT');
  return scheme === CODING_SCHEME.threeQuarters ? encodeThreeQuarters(data) : data;
}
