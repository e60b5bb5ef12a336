import { concatBytes, utf8Decode } from '@mkiot/core/bytes/bytes';
import type { LoaderLink } from './loaderLink.ts';
import { loaderError } from './loaderErrors.ts';
import { buildDataPacket, payloadChecksum, wordBytes } from './packet.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';

/** Opcodes of the loader in ROM (Espressif, esptool documentation, "Serial Protocol", "Commands"). */
const OPCODES = {
  sync: 0x08,
  writeReg: 0x09,
  readReg: 0x0a,
  spiSetParams: 0x0b,
  spiAttach: 0x0d,
  readFlashSlow: 0x0e,
  changeBaudrate: 0x0f,
  flashDeflBegin: 0x10,
  flashDeflData: 0x11,
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  spiFlashMd5: 0x13,
  getSecurityInfo: 0x14,
} as const;

const SYNC_DATA = concatBytes(Uint8Array.of(0x07, 0x07, 0x12, 0x20), new Uint8Array(32).fill(0x55));
/** A lost answer is worth repeating; one that is refused is refused again soon enough. */
const SYNC_TIMEOUT_MS = 100;
const MEBIBYTE = 0x100000;
/** The slowest flashes: so long for each MiB (esptool's figures). */
const ERASE_MS_A_MEBIBYTE = 30_000;
const MD5_MS_A_MEBIBYTE = 8_000;
const FLASH_TIMEOUT_MS = 3_000;
const PACKET_TRIES = 8;
const UNITS = [0x10000, 0x1000, 0x100, 0xffff] as const;
const MOST_READINGS = 6;

/** What FLASH_BEGIN and FLASH_DEFL_BEGIN announce. */
export interface FlashBegin {
  readonly address: number;
  /** Bytes in flash, that are erased first. */
  readonly bytes: number;
  readonly packets: number;
  readonly packetBytes: number;
  readonly isCompressed: boolean;
  /** Undefined for a ROM that cannot encrypt: it takes no such word. */
  readonly isEncrypted: boolean | undefined;
}

/** The commands of the loader in ROM. All throw as {@link LoaderLink.call}. */
export class RomLoader {
  readonly link: LoaderLink;

  constructor(link: LoaderLink) {
    this.link = link;
  }

  async sync(): Promise<void> {
    const call = { doing: 'to greet the loader', opcode: OPCODES.sync, data: SYNC_DATA };
    await this.link.call({ ...call, timeoutMs: SYNC_TIMEOUT_MS, tries: 1 });
  }

  /** Flags, flash encryption counter, purposes of the keys, and on later chips the chip's id. */
  async getSecurityInfo(): Promise<Uint8Array> {
    const call = { doing: 'to tell its security settings', opcode: OPCODES.getSecurityInfo, data: new Uint8Array() };
    return (await this.link.call(call)).data;
  }

  /** A register, read until two readings agree: an answer has no checksum. @throws `LOADER_GARBLED` */
  async readReg(address: number): Promise<number> {
    const doing = `to read the register at ${toHexOffset(address)}`;
    const call = { doing, opcode: OPCODES.readReg, data: wordBytes(address) };
    let before = (await this.link.call(call)).value;
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

  async changeBaudrate(baud: number): Promise<void> {
    const data = wordBytes(baud, 0);
    await this.link.call({ doing: `to change to ${baud} baud`, opcode: OPCODES.changeBaudrate, data, tries: 1 });
    await this.link.port.setBaud(baud);
  }

  /** Erases first. @throws `LOADER_REFUSED` also where an eFuse forbids it */
  async flashBegin(begin: FlashBegin): Promise<void> {
    const { address, bytes, packets, packetBytes, isCompressed, isEncrypted } = begin;
    const words = [bytes, packets, packetBytes, address, ...(isEncrypted === undefined ? [] : [Number(isEncrypted)])];
    await this.link.call({
      doing: `to erase ${bytes} bytes at ${toHexOffset(address)}`,
      opcode: isCompressed ? OPCODES.flashDeflBegin : OPCODES.flashBegin,
      data: wordBytes(...words),
      timeoutMs: FLASH_TIMEOUT_MS + (bytes / MEBIBYTE) * ERASE_MS_A_MEBIBYTE,
      tries: 1,
    });
  }

  /** A packet that is not answered is sent again with its number, as esptool does: the loader knows it then. */
  async flashData(isCompressed: boolean, sequence: number, payload: Uint8Array): Promise<void> {
    await this.link.call({
      doing: `to write packet ${sequence}`,
      opcode: isCompressed ? OPCODES.flashDeflData : OPCODES.flashData,
      data: buildDataPacket({ sequence, payload }),
      checksum: payloadChecksum(payload),
      timeoutMs: FLASH_TIMEOUT_MS,
      tries: PACKET_TRIES,
    });
  }

  /** Leaves the loader for what is in flash. The answer may be lost on the way out. */
  async runFlash(): Promise<void> {
    await this.link.call({ doing: 'to run its flash', opcode: OPCODES.flashEnd, data: wordBytes(1), tries: 1 });
  }

  /** MD5 of what lies in flash, in lower-case hexadecimal. */
  async spiFlashMd5(address: number, bytes: number): Promise<string> {
    const { data } = await this.link.call({
      doing: 'to digest its flash',
      opcode: OPCODES.spiFlashMd5,
      data: wordBytes(address, bytes, 0, 0),
      timeoutMs: FLASH_TIMEOUT_MS + (bytes / MEBIBYTE) * MD5_MS_A_MEBIBYTE,
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
