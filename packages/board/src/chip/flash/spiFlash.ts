import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { FlashMemory } from './flashMemory.ts';
import { capacityCode, type FlashModel } from './flashModel.ts';
import { sfdp } from './sfdp.ts';

// The commands of a serial flash (Winbond W25Q32JV data sheet, "Instruction Set Table 1").

/** One command on the SPI lines: what the controller clocks out, and how many bytes it clocks in. */
export interface SpiTransfer {
  readonly command: number;
  readonly address: number;
  readonly output: Uint8Array;
  readonly inputBytes: number;
}

/** Bits of status register 1. */
const BUSY = 0x01;
const WRITE_ENABLED = 0x02;

/** What `command` does; it returns what the flash clocks out. */
type SpiCommand = (flash: SpiFlash, transfer: SpiTransfer) => Uint8Array | void;

/** A flash behind its SPI commands. Erasing and programming begin, and the status register says when they are done. */
export class SpiFlash {
  readonly memory: FlashMemory;
  readonly model: FlashModel;
  #isWriteEnabled = false;
  #busy = 0;

  constructor(memory: FlashMemory, model: FlashModel) {
    this.memory = memory;
    this.model = model;
  }

  /** What the flash answers; 0xff where it drives no line. */
  transfer(transfer: SpiTransfer): Uint8Array {
    const isKnown = Object.hasOwn(COMMANDS, transfer.command);
    // A busy flash hears nothing but the question whether it still is.
    const isHeard = isKnown && (this.#busy === 0 || transfer.command === READ_STATUS_1);
    const answer = isHeard ? COMMANDS[transfer.command]?.(this, transfer) : undefined;
    const filler = new Uint8Array(transfer.inputBytes).fill(0xff);
    return concatBytes(answer ?? new Uint8Array(), filler).subarray(0, transfer.inputBytes);
  }

  get status(): number {
    return (this.#busy > 0 ? BUSY : 0) | (this.#isWriteEnabled ? WRITE_ENABLED : 0);
  }

  enableWrite(isEnabled: boolean): void {
    this.#isWriteEnabled = isEnabled;
  }

  /** Begins `change`, if writing is enabled. It fails where the power goes or the address is none: as in the flash, unheard. */
  begin(change: () => Promise<void>): void {
    if (!this.#isWriteEnabled) return;
    this.#isWriteEnabled = false;
    this.#busy++;
    const end = (): void => void this.#busy--;
    change().then(end, end);
  }
}

const READ_STATUS_1 = 0x05;
const PAGE_MASK = 0xff;

const readData: SpiCommand = ({ memory }, { address, inputBytes }) => {
  const start = address % memory.size;
  return memory.read(start, Math.min(inputBytes, memory.size - start));
};

const chipErase: SpiCommand = (flash) => flash.begin(() => flash.memory.eraseAll());

/** Addresses wrap within their page, as the flash's do. */
const pageProgram: SpiCommand = (flash, { address, output }) => {
  const start = address % flash.memory.size;
  const room = PAGE_MASK + 1 - (start & PAGE_MASK);
  flash.begin(async () => {
    await flash.memory.program(start, output.subarray(0, room));
    await flash.memory.program(start & ~PAGE_MASK, output.subarray(room));
  });
};

const COMMANDS: Readonly<Record<number, SpiCommand>> = {
  0x02: pageProgram,
  0x03: readData,
  0x04: (flash) => flash.enableWrite(false),
  [READ_STATUS_1]: ({ status }) => Uint8Array.of(status),
  0x06: (flash) => flash.enableWrite(true),
  // Status registers 2 and 3: what quad mode and drive strength are does not matter here.
  0x15: () => Uint8Array.of(0),
  0x35: () => Uint8Array.of(0),
  0x20: (flash, { address }) => flash.begin(() => flash.memory.eraseSector((address & ~0xfff) % flash.memory.size)),
  0x5a: ({ memory }, { address, inputBytes }) => sfdp(memory.size).slice(address, address + inputBytes),
  0x60: chipErase,
  0x9f: ({ memory, model }) => Uint8Array.of(model.manufacturer, model.memoryType, capacityCode(memory.size)),
  0xc7: chipErase,
  0xd8: (flash, { address }) => flash.begin(() => flash.memory.eraseBlock((address & ~0xffff) % flash.memory.size)),
};
