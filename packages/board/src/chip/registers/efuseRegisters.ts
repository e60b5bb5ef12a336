import { EFUSE_COMMAND, EFUSE_CONF, type EfuseRegisterLayout } from '@mkiot/esp32/chips/efuseRegisters';
import type { EfuseController } from '../efuse/efuseController.ts';
import type { Registers } from './registerBus.ts';

const WORD = 4;

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
    if (conf === EFUSE_CONF.read && command === EFUSE_COMMAND.read) this.#efuses.reload();
    if (conf === EFUSE_CONF.burn && (command & EFUSE_COMMAND.burn) !== 0) this.#burn(command);
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
