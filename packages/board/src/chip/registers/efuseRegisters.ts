import type { EfuseController } from '../efuse/efuseController.ts';
import type { Registers } from './registerBus.ts';

// The eFuse controllers' registers (technical reference manuals, chapter eFuse Controller, "Register Summary").

/** Where a controller has its registers, as offsets from its base. */
export interface EfuseRegisterLayout {
  readonly conf: number;
  readonly command: number;
  /** First register that takes the bits to burn, for each block; one place for all where they share it. */
  readonly programOffsets: readonly number[];
  /** How many words from there on are burned. */
  readonly programWords: number;
  /** The command names the block to burn in its bits 2 to 5; else all blocks are burned. */
  readonly commandNamesBlock: boolean;
  /** For each block the register and lowest bit of what tells that its coding is broken. */
  readonly errors: readonly EfuseErrorBits[];
}

export interface EfuseErrorBits {
  readonly block: number;
  readonly register: number;
  readonly bit: number;
  readonly value: number;
}

const WORD = 4;
/** What EFUSE_CONF holds while EFUSE_CMD may burn, and while it may read. */
const CONF_BURN = 0x5a5a;
const CONF_READ = 0x5aa5;
const COMMAND_READ = 1;
const COMMAND_BURN = 2;

/** The eFuse controller as software sees it. A command is done at once: its register reads zero. */
export class EfuseRegisters implements Registers {
  readonly start: number;
  readonly end: number;
  readonly #efuses: EfuseController;
  readonly #layout: EfuseRegisterLayout;
  readonly #written = new Map<number, number>();

  constructor(efuses: EfuseController, layout: EfuseRegisterLayout) {
    this.start = efuses.chip.efuse.baseAddress;
    this.end = this.start + efuses.chip.efuse.windowBytes;
    this.#efuses = efuses;
    this.#layout = layout;
  }

  read(address: number): number {
    const offset = address - this.start;
    return this.#readBlock(offset) ?? (this.#errorsAt(offset) | (this.#written.get(offset) ?? 0)) >>> 0;
  }

  /** @throws `CHIP_POWER_LOST` */
  write(address: number, value: number): void {
    const offset = address - this.start;
    if (offset === this.#layout.command) this.#run(value);
    else this.#written.set(offset, value);
  }

  #readBlock(offset: number): number | undefined {
    const { chip, blocks } = this.#efuses.readable();
    const block = chip.efuse.blocks.find(
      ({ readOffset, words }) => offset >= readOffset && offset < readOffset + words * WORD,
    );
    if (block === undefined) return undefined;
    const bytes = blocks[block.number] as Uint8Array;
    const [low = 0, second = 0, third = 0, high = 0] = bytes.subarray(offset - block.readOffset);
    return low + second * 0x100 + third * 0x10000 + high * 0x1000000;
  }

  #errorsAt(offset: number): number {
    const bits = this.#layout.errors.filter(
      ({ register, block }) => register === offset && this.#efuses.isBroken(block),
    );
    return bits.reduce((word, { bit, value }) => word | (value << bit), 0);
  }

  #run(command: number): void {
    const conf = this.#written.get(this.#layout.conf);
    if (conf === CONF_READ && command === COMMAND_READ) this.#efuses.reload();
    if (conf === CONF_BURN && (command & COMMAND_BURN) !== 0) this.#burn(command);
  }

  #burn(command: number): void {
    const { programOffsets, commandNamesBlock } = this.#layout;
    const block = commandNamesBlock ? (command >> 2) & 0xf : undefined;
    if (block !== undefined) {
      if (block < this.#efuses.chip.efuse.blocks.length) this.#efuses.program(block, this.#bitsFrom(programOffsets[0]));
      return;
    }
    for (const [number, offset] of programOffsets.entries()) this.#efuses.program(number, this.#bitsFrom(offset));
  }

  #bitsFrom(offset = 0): Uint8Array<ArrayBuffer> {
    const bits = new Uint8Array(this.#layout.programWords * WORD);
    const view = new DataView(bits.buffer);
    for (let at = 0; at < bits.length; at += WORD) view.setUint32(at, this.#written.get(offset + at) ?? 0, true);
    return bits;
  }
}
