import { toHexOffset } from '../bytes/hexOffset.ts';
import type { LoaderLink } from './loaderLink.ts';
import { OPCODES } from './opcodes.ts';
import { buildDataPacket, payloadChecksum, wordBytes } from './packet.ts';

// The commands that write flash, which the loader in ROM and the flasher stub have alike.

const MEBIBYTE = 0x100000;
/** The slowest flashes: so long for each MiB (esptool's figures). */
const ERASE_MS_A_MEBIBYTE = 30_000;
const WRITE_MS_A_MEBIBYTE = 40_000;
const FLASH_TIMEOUT_MS = 3_000;
/** An answer may have to wait until a block of 64 KiB is erased. */
const ERASE_BLOCK_BYTES = 0x10000;

/** What FLASH_BEGIN and FLASH_DEFL_BEGIN announce. */
export interface FlashBegin {
  readonly address: number;
  /** Bytes in flash, that are erased before they are written. */
  readonly bytes: number;
  readonly packets: number;
  readonly packetBytes: number;
  readonly isCompressed: boolean;
  /** Undefined for a ROM that cannot encrypt: it takes no such word. */
  readonly isEncrypted: boolean | undefined;
}

export interface FlashData {
  readonly isCompressed: boolean;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** How often it is sent until an answer comes: 1 where it would be written twice. */
  readonly tries: number;
}

/** The ROM erases all of it before it answers. @throws as `LoaderLink.call`; `LOADER_REFUSED` also where an eFuse forbids it */
export async function flashBegin(link: LoaderLink, begin: FlashBegin): Promise<void> {
  const { address, bytes, packets, packetBytes, isCompressed, isEncrypted } = begin;
  const words = [bytes, packets, packetBytes, address, ...(isEncrypted === undefined ? [] : [Number(isEncrypted)])];
  await link.call({
    doing: `to erase ${bytes} bytes at ${toHexOffset(address)}`,
    opcode: isCompressed ? OPCODES.flashDeflBegin : OPCODES.flashBegin,
    data: wordBytes(...words),
    timeoutMs: FLASH_TIMEOUT_MS + (bytes / MEBIBYTE) * ERASE_MS_A_MEBIBYTE,
    tries: 1,
  });
}

/** @throws as `LoaderLink.call` */
export async function flashData(
  link: LoaderLink,
  { isCompressed, sequence, payload, tries }: FlashData,
): Promise<void> {
  await link.call({
    doing: `to write packet ${sequence}`,
    opcode: isCompressed ? OPCODES.flashDeflData : OPCODES.flashData,
    data: buildDataPacket({ sequence, payload }),
    checksum: payloadChecksum(payload),
    timeoutMs: FLASH_TIMEOUT_MS + (ERASE_BLOCK_BYTES / MEBIBYTE) * WRITE_MS_A_MEBIBYTE,
    tries,
  });
}
