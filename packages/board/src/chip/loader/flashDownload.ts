import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { FlashCipher } from '@mkiot/esp32/flashEncryption/flashCipher';
import { BLOCK_BYTES, type FlashMemory, SECTOR_BYTES } from '../flash/flashMemory.ts';
import { Inflater } from './inflater.ts';
import { LoaderFailure } from './loaderStatus.ts';
import type { DataPacket } from '@mkiot/esp32/serial/packet';
import { PacketSequence } from './packetSequence.ts';

/** What FLASH_BEGIN and FLASH_DEFL_BEGIN announce. */
export interface FlashDownloadPlan {
  /** Bytes that are to be in flash. */
  readonly bytes: number;
  readonly packets: number;
  readonly packetBytes: number;
  readonly offset: number;
  readonly isCompressed: boolean;
  /** The ROM erases all at the beginning, the stub as it goes. */
  readonly erasesFirst: boolean;
}

const MAX_PACKET_BYTES = 0x4000;

/** Data on their way into flash. */
export class FlashDownload {
  readonly #flash: FlashMemory;
  readonly #plan: FlashDownloadPlan;
  readonly #sequence: PacketSequence;
  readonly #inflater: Inflater | undefined;
  /** Where the next byte goes. */
  #position: number;
  /** Up to here flash has been erased. */
  #erasedTo: number;
  /** What does not fill a unit yet. */
  #rest: Uint8Array = new Uint8Array();
  #cipher: FlashCipher | undefined;
  #unitBytes = 1;

  /** @throws LoaderFailure `parameter`; `flashWrite` where it goes beyond `flashEnd` */
  constructor(flash: FlashMemory, flashEnd: number, plan: FlashDownloadPlan) {
    const { bytes, packets, packetBytes, offset, isCompressed } = plan;
    const expected = Math.ceil(bytes / packetBytes);
    const isPossible =
      (packetBytes > 0 &&
        packetBytes <= MAX_PACKET_BYTES &&
        (isCompressed ? packets > 0 === bytes > 0 : packets === expected)) ||
      (bytes === 0 && packets === 0);
    if (!isPossible) throw new LoaderFailure('parameter');
    if (offset + bytes > flashEnd) throw new LoaderFailure('flashWrite');
    this.#flash = flash;
    this.#plan = plan;
    this.#sequence = new PacketSequence(packets);
    this.#inflater = isCompressed ? new Inflater((data) => this.#append(data, 'refuse')) : undefined;
    this.#position = offset;
    this.#erasedTo = offset - (offset % SECTOR_BYTES);
  }

  get isCompressed(): boolean {
    return this.#plan.isCompressed;
  }

  get isComplete(): boolean {
    return this.#sequence.isComplete;
  }

  /**
   * From now on encrypts what it writes, whole units of `unitBytes`.
   *
   * @throws LoaderFailure `parameter` where a unit has begun
   */
  encryptWith(cipher: FlashCipher, unitBytes: number): void {
    if (this.#position % unitBytes !== 0) throw new LoaderFailure('parameter');
    this.#cipher = cipher;
    this.#unitBytes = unitBytes;
  }

  /** Erases, if that comes first. @throws `CHIP_POWER_LOST` */
  async begin(): Promise<void> {
    if (this.#plan.erasesFirst) await this.#eraseTo(this.#end);
  }

  /** @throws LoaderFailure, `CHIP_POWER_LOST` */
  async take({ sequence, payload }: DataPacket): Promise<void> {
    if (!this.#sequence.isNew(sequence)) return;
    if (payload.length > this.#plan.packetBytes) throw new LoaderFailure('tooMuch');
    if (this.#inflater === undefined) await this.#append(payload, 'ignore');
    else await this.#inflater.push(payload.slice());
    this.#sequence.advance();
    if (this.#sequence.isComplete) await this.#finish();
  }

  /** Another download takes its place. */
  abandon(): void {
    this.#inflater?.abandon();
  }

  get #end(): number {
    return this.#plan.offset + this.#plan.bytes;
  }

  async #finish(): Promise<void> {
    await this.#inflater?.end();
    if (this.#rest.length > 0) {
      const padding = new Uint8Array(this.#unitBytes - this.#rest.length).fill(0xff);
      await this.#write(concatBytes(this.#rest, padding));
    }
    // The ROM takes a size that is rounded up, so less is right for it.
    const isShort = this.#position < this.#end && !this.#plan.erasesFirst;
    if (isShort) throw new LoaderFailure('tooLittle');
  }

  /** @param beyond what becomes of data behind the end: padding of the last packet, or too much in a stream */
  async #append(data: Uint8Array, beyond: 'ignore' | 'refuse'): Promise<void> {
    const room = this.#end - this.#position - this.#rest.length;
    if (data.length > room && beyond === 'refuse') throw new LoaderFailure('tooMuch');
    const all = concatBytes(this.#rest, data.subarray(0, room));
    const whole = all.length - (all.length % this.#unitBytes);
    this.#rest = all.slice(whole);
    await this.#write(all.subarray(0, whole));
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#eraseTo(this.#position + bytes.length);
    this.#cipher?.encrypt(this.#position, bytes);
    await this.#flash.program(this.#position, bytes);
    this.#position += bytes.length;
  }

  async #eraseTo(end: number): Promise<void> {
    while (this.#erasedTo < end) {
      const at = this.#erasedTo;
      const takesBlock = at % BLOCK_BYTES === 0 && this.#end - at >= BLOCK_BYTES;
      await (takesBlock ? this.#flash.eraseBlock(at) : this.#flash.eraseSector(at));
      this.#erasedTo += takesBlock ? BLOCK_BYTES : SECTOR_BYTES;
    }
  }
}
