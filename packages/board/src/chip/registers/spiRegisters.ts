import { SPI_PHASES, SPI_START_USER_COMMAND, type SpiRegisterLayout } from '@mkiot/esp32/chips/spiRegisters';
import type { SpiFlash } from '../flash/spiFlash.ts';
import type { Registers } from './registerBus.ts';

const DATA_WORDS = 16;
const ADDRESS_BITS = 24;

/** The SPI controller between chip and flash, as far as a transfer by registers goes. */
export class SpiRegisters implements Registers {
  readonly start: number;
  readonly end: number;
  readonly #flash: SpiFlash;
  readonly #layout: SpiRegisterLayout;
  readonly #words = new Map<number, number>();

  constructor(flash: SpiFlash, layout: SpiRegisterLayout) {
    this.start = layout.baseAddress;
    this.end = layout.baseAddress + layout.data + DATA_WORDS * 4;
    this.#flash = flash;
    this.#layout = layout;
  }

  read(address: number): number {
    return this.#word(address - this.start);
  }

  /** A transfer is done at once: SPI_CMD reads zero. */
  write(address: number, value: number): void {
    const offset = address - this.start;
    if (offset !== 0) this.#words.set(offset, value);
    else if ((value & SPI_START_USER_COMMAND) !== 0) this.#transfer();
  }

  #transfer(): void {
    const layout = this.#layout;
    const user = this.#word(layout.user);
    const address = this.#word(layout.address);
    const has = (phase: number): boolean => (user & phase) !== 0;
    const output = this.#data().subarray(0, has(SPI_PHASES.output) ? bytesOf(this.#word(layout.outputBits)) : 0);
    const answer = this.#flash.transfer({
      command: this.#word(layout.user2) & 0xff,
      address: has(SPI_PHASES.address)
        ? layout.addressIsHigh
          ? address >>> (32 - ADDRESS_BITS)
          : address & 0xffffff
        : 0,
      output,
      inputBytes: has(SPI_PHASES.input) ? bytesOf(this.#word(layout.inputBits)) : 0,
    });
    const data = this.#data();
    data.set(answer);
    const view = new DataView(data.buffer);
    for (let at = 0; at < answer.length; at += 4) this.#words.set(layout.data + at, view.getUint32(at, true));
  }

  #data(): Uint8Array<ArrayBuffer> {
    const data = new Uint8Array(DATA_WORDS * 4);
    const view = new DataView(data.buffer);
    for (let at = 0; at < data.length; at += 4) view.setUint32(at, this.#word(this.#layout.data + at), true);
    return data;
  }

  #word(offset: number): number {
    return this.#words.get(offset) ?? 0;
  }
}

/** The length registers hold the number of bits, less one. */
function bytesOf(lengthRegister: number): number {
  return Math.min(DATA_WORDS * 4, (lengthRegister + 1) >> 3);
}
