import type { Chip } from '@mkiot/esp32/chips/chip';
import { LoaderFailure } from './loaderStatus.ts';
import type { DataPacket } from '@mkiot/esp32/serial/packet';
import { PacketSequence } from './packetSequence.ts';

/** What MEM_BEGIN announces. */
export interface RamSegment {
  readonly bytes: number;
  readonly packets: number;
  readonly packetBytes: number;
  readonly address: number;
}

/** A piece of code or data that a tool has put into RAM. */
export interface UploadedSegment {
  readonly address: number;
  readonly data: Uint8Array;
}

const NO_RAM = /^(PADDING|DROM|IROM|EXTRAM_DATA)|MASK/;
const MAX_PACKET_BYTES = 0x4000;

/** Code and data on their way into RAM, and those that are there. */
export class RamDownload {
  readonly #chip: Chip;
  readonly #store: (address: number, bytes: Uint8Array) => void;
  readonly segments: UploadedSegment[] = [];
  #segment: RamSegment | undefined;
  #sequence = new PacketSequence(0);

  constructor(chip: Chip, store: (address: number, bytes: Uint8Array) => void) {
    this.#chip = chip;
    this.#store = store;
  }

  get isComplete(): boolean {
    return this.#sequence.isComplete;
  }

  /** @throws LoaderFailure `parameter`, `ramAddress` */
  begin(segment: RamSegment): void {
    const { bytes, packets, packetBytes, address } = segment;
    const isPossible = packetBytes > 0 && packetBytes <= MAX_PACKET_BYTES && packets === Math.ceil(bytes / packetBytes);
    if (!isPossible) throw new LoaderFailure('parameter');
    const fits = this.#chip.memory.some(
      ({ name, start, end }) => !NO_RAM.test(name) && address >= start && address + bytes <= end,
    );
    if (!fits || address % 4 !== 0) throw new LoaderFailure('ramAddress');
    this.#segment = segment;
    this.#sequence = new PacketSequence(packets);
    this.segments.push({ address, data: new Uint8Array(bytes) });
  }

  /** @throws LoaderFailure `order`, `tooMuch` */
  take({ sequence, payload }: DataPacket): void {
    const segment = this.#segment;
    if (segment === undefined) throw new LoaderFailure('order');
    if (!this.#sequence.isNew(sequence)) return;
    const offset = sequence * segment.packetBytes;
    if (payload.length > segment.packetBytes || offset + payload.length > segment.bytes) {
      throw new LoaderFailure('tooMuch');
    }
    this.segments.at(-1)?.data.set(payload, offset);
    this.#store(segment.address + offset, payload);
    this.#sequence.advance();
  }
}
