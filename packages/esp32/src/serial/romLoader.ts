import { concatBytes, utf8Decode } from '@mkiot/core/bytes/bytes';
import { delay } from '@mkiot/core/clock/clock';
import type { LoaderLink } from './loaderLink.ts';
import { loaderError } from './loaderErrors.ts';
import { OPCODES } from './opcodes.ts';
import { wordBytes } from './packet.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';

const SYNC_DATA = concatBytes(Uint8Array.of(0x07, 0x07, 0x12, 0x20), new Uint8Array(32).fill(0x55));
/** A lost answer is worth repeating; one that is refused is refused again soon enough. */
const SYNC_TIMEOUT_MS = 100;
const MEBIBYTE = 0x100000;
/** The slowest flashes: so long for each MiB (esptool's figure). */
const MD5_MS_A_MEBIBYTE = 8_000;
const MD5_TIMEOUT_MS = 3_000;
/** The chip changes once its answer has gone, and hears nothing before (esptool's figure). */
const BAUD_CHANGE_MS = 50;
const UNITS = [0x10000, 0x1000, 0x100, 0xffff] as const;
const MOST_READINGS = 6;

/** The commands of the loader in ROM, of which the flasher stub has most as well. All throw as {@link LoaderLink.call}. */
export class RomLoader {
  readonly link: LoaderLink;
  #baud: number | undefined;

  constructor(link: LoaderLink) {
    this.link = link;
  }

  /** What the line was changed to; undefined: as it began. */
  get baud(): number | undefined {
    return this.#baud;
  }

  /** @returns 0 where a flasher stub answers, something else where it is the ROM */
  async sync(): Promise<number> {
    const call = { doing: 'to greet the loader', opcode: OPCODES.sync, data: SYNC_DATA };
    return (await this.link.call({ ...call, timeoutMs: SYNC_TIMEOUT_MS, tries: 1 })).value;
  }

  /** Flags, flash encryption counter, purposes of the keys, and on later chips the chip's id. */
  async getSecurityInfo(): Promise<Uint8Array> {
    const call = { doing: 'to tell its security settings', opcode: OPCODES.getSecurityInfo, data: new Uint8Array() };
    return (await this.link.call(call)).data;
  }

  /**
   * A register, read until two readings agree: an answer has no checksum.
   *
   * @param expected one reading of this is enough: that a register is wrong and its answer bent into what is right is not believed
   * @throws `LOADER_GARBLED`
   */
  async readReg(address: number, expected?: number): Promise<number> {
    const doing = `to read the register at ${toHexOffset(address)}`;
    const call = { doing, opcode: OPCODES.readReg, data: wordBytes(address) };
    let before = (await this.link.call(call)).value;
    if (before === expected) return before;
    for (let reading = 2; reading <= MOST_READINGS; reading++) {
      const { value } = await this.link.call(call);
      if (value === before) return value;
      before = value;
    }
    throw loaderError('LOADER_GARBLED', { doing, tries: MOST_READINGS });
  }

  /** @param delayUs the loader waits before it writes */
  async writeReg(address: number, value: number, mask = 0xffffffff, delayUs = 0): Promise<void> {
    const doing = `to write the register at ${toHexOffset(address)}`;
    await this.link.call({ doing, opcode: OPCODES.writeReg, data: wordBytes(address, value, mask, delayUs) });
  }

  async spiAttach(): Promise<void> {
    await this.link.call({ doing: 'to attach its flash', opcode: OPCODES.spiAttach, data: wordBytes(0, 0) });
  }

  async spiSetParams(flashBytes: number): Promise<void> {
    const data = wordBytes(0, flashBytes, ...UNITS);
    await this.link.call({ doing: 'to set the size of its flash', opcode: OPCODES.spiSetParams, data });
  }

  /** @param before for the flasher stub: the speed until now */
  async changeBaudrate(baud: number, before = 0): Promise<void> {
    const data = wordBytes(baud, before);
    await this.link.call({ doing: `to change to ${baud} baud`, opcode: OPCODES.changeBaudrate, data, tries: 1 });
    await this.link.port.setBaud(baud);
    await delay(this.link.clock, BAUD_CHANGE_MS);
    this.#baud = baud;
  }

  /** MD5 of what lies in flash, in lower-case hexadecimal. */
  async spiFlashMd5(address: number, bytes: number): Promise<string> {
    const { data } = await this.link.call({
      doing: 'to digest its flash',
      opcode: OPCODES.spiFlashMd5,
      data: wordBytes(address, bytes, 0, 0),
      timeoutMs: MD5_TIMEOUT_MS + (bytes / MEBIBYTE) * MD5_MS_A_MEBIBYTE,
    });
    return utf8Decode(data.map((byte) => byte & 0x7f)).toLowerCase();
  }

  /** At most 64 bytes. */
  async readFlashSlow(address: number, bytes: number): Promise<Uint8Array> {
    const doing = `to read its flash at ${toHexOffset(address)}`;
    const { data } = await this.link.call({ doing, opcode: OPCODES.readFlashSlow, data: wordBytes(address, bytes) });
    return data.subarray(0, bytes);
  }
}
