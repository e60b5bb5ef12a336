import { isErased } from '@mkiot/esp32/bytes/isErased';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { crc32 } from '@mkiot/core/bytes/crc32';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import type { OutboxStorage } from '../../device/outbox/outboxStorage.ts';
import { ENCRYPTED_ROW_BYTES, type FlashCache } from '../boot/flashCache.ts';
import { SECTOR_BYTES } from '../flash/flashMemory.ts';
import { appError } from './appErrors.ts';

/**
 * A bank begins with a row of magic, generation and CRC of both, written last; behind it run pieces, each a row of length and
 * CRC and then its bytes. Rows have 32 bytes, for that is what flash encryption writes at once; numbers are u32
 * little-endian.
 */
const MAGIC = 0x584f4254;

/**
 * The outbox in a partition of its own. It has two banks: what takes the place of everything is written to the other one,
 * and counts when its first row is there.
 */
export class FlashOutbox implements OutboxStorage {
  readonly #flash: FlashCache;
  readonly #partition: Partition;
  readonly #bankBytes: number;
  #bank: 0 | 1 = 0;
  #generation = 0;
  /** Where the next piece goes in the bank; undefined: what is there may be torn, so only a replacement is possible. */
  #end: number | undefined;

  constructor(flash: FlashCache, partition: Partition) {
    this.#flash = flash;
    this.#partition = partition;
    this.#bankBytes = Math.floor(partition.size / 2 / SECTOR_BYTES) * SECTOR_BYTES;
  }

  read(): Promise<Uint8Array> {
    const [first, second] = [this.#generationOf(0), this.#generationOf(1)];
    this.#bank = second > first ? 1 : 0;
    this.#generation = Math.max(first, second);
    const pieces: Uint8Array[] = [];
    let at = ENCRYPTED_ROW_BYTES;
    let isTorn = this.#generation === 0;
    for (;;) {
      const piece = this.#pieceAt(at);
      if (piece === undefined) break;
      pieces.push(piece);
      at += pieceBytes(piece.length);
    }
    isTorn ||= at < this.#bankBytes && !this.#isErased(at, ENCRYPTED_ROW_BYTES);
    this.#end = isTorn ? undefined : at;
    return Promise.resolve(concatBytes(...pieces));
  }

  /** @throws `OUTBOX_PARTITION_FULL`, `CHIP_POWER_LOST` */
  async append(bytes: Uint8Array): Promise<void> {
    const end = this.#end;
    if (end === undefined) return this.replace(concatBytes(await this.read(), bytes));
    // Should the write fail, nobody knows what is there.
    this.#end = undefined;
    await this.#writePiece(end, bytes);
    this.#end = end + pieceBytes(bytes.length);
  }

  /** Throws as `append` does. */
  async replace(bytes: Uint8Array): Promise<void> {
    const bank = this.#bank === 0 ? 1 : 0;
    this.#end = undefined;
    const before = this.#bank;
    this.#bank = bank;
    try {
      await this.#eraseBank();
      await this.#writePiece(ENCRYPTED_ROW_BYTES, bytes);
      await this.#flash.program(this.#address(0), headerRow(this.#generation + 1));
    } catch (error) {
      this.#bank = before;
      throw error;
    }
    this.#generation += 1;
    this.#end = ENCRYPTED_ROW_BYTES + pieceBytes(bytes.length);
  }

  async #writePiece(at: number, bytes: Uint8Array): Promise<void> {
    if (at + pieceBytes(bytes.length) > this.#bankBytes) {
      throw appError('OUTBOX_PARTITION_FULL', { bytes: bytes.length, name: this.#partition.name });
    }
    const row = new DataView(new ArrayBuffer(ENCRYPTED_ROW_BYTES));
    row.setUint32(0, bytes.length, true);
    row.setUint32(4, crc32(bytes), true);
    const padding = new Uint8Array(pieceBytes(bytes.length) - ENCRYPTED_ROW_BYTES - bytes.length);
    await this.#flash.program(this.#address(at), concatBytes(new Uint8Array(row.buffer), bytes, padding));
  }

  /** Sectors that hold something. */
  async #eraseBank(): Promise<void> {
    for (let at = 0; at < this.#bankBytes; at += SECTOR_BYTES) {
      if (!this.#isErased(at, SECTOR_BYTES)) await this.#flash.raw.eraseSector(this.#address(at));
    }
  }

  #pieceAt(at: number): Uint8Array | undefined {
    if (at + ENCRYPTED_ROW_BYTES > this.#bankBytes || this.#isErased(at, ENCRYPTED_ROW_BYTES)) return undefined;
    const row = this.#row(at);
    const length = row.getUint32(0, true);
    if (at + pieceBytes(length) > this.#bankBytes) return undefined;
    const bytes = this.#flash.read(this.#address(at + ENCRYPTED_ROW_BYTES), length);
    return crc32(bytes) === row.getUint32(4, true) ? bytes : undefined;
  }

  /** 0: nothing was ever written to the bank. */
  #generationOf(bank: 0 | 1): number {
    this.#bank = bank;
    const row = this.#row(0);
    const isHeader = row.getUint32(0, true) === MAGIC && row.getUint32(8, true) === headerCrc(row.getUint32(4, true));
    return isHeader ? row.getUint32(4, true) : 0;
  }

  #row(at: number): DataView {
    const bytes = this.#flash.read(this.#address(at), ENCRYPTED_ROW_BYTES);
    return new DataView(bytes.buffer, bytes.byteOffset);
  }

  #isErased(at: number, length: number): boolean {
    return isErased(this.#flash.raw.read(this.#address(at), length));
  }

  #address(at: number): number {
    return this.#partition.offset + this.#bank * this.#bankBytes + at;
  }
}

function pieceBytes(length: number): number {
  return ENCRYPTED_ROW_BYTES + Math.ceil(length / ENCRYPTED_ROW_BYTES) * ENCRYPTED_ROW_BYTES;
}

function headerRow(generation: number): Uint8Array {
  const row = new DataView(new ArrayBuffer(ENCRYPTED_ROW_BYTES));
  row.setUint32(0, MAGIC, true);
  row.setUint32(4, generation, true);
  row.setUint32(8, headerCrc(generation), true);
  return new Uint8Array(row.buffer);
}

function headerCrc(generation: number): number {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, generation, true);
  return crc32(new Uint8Array(bytes.buffer));
}
