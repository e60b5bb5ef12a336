import type { Chip } from '../chips/chip.ts';
import { flashBegin, flashData } from './flashCommands.ts';
import type { LoaderLink } from './loaderLink.ts';

/** Who writes flash: the loader in ROM, or the flasher stub. */
export interface FlashWriter {
  readonly link: LoaderLink;
  /** It has no room for longer packets. */
  readonly packetBytes: number;
  /** What its BEGIN says of encryption; undefined: nothing. */
  readonly isEncrypted: false | undefined;
  /** How often a packet is sent until it is answered. */
  readonly packetTries: number;
  /** The last packet has to be as long as the others. */
  readonly fillsPackets: boolean;
}

/** What goes over the line to be in flash. */
export interface FlashLoad {
  readonly address: number;
  /** Bytes in flash. */
  readonly bytes: number;
  readonly isCompressed: boolean;
  readonly onLine: Uint8Array;
}

/** It writes a packet before it answers, and knows one that comes again by its number. */
export function romWriter(link: LoaderLink, chip: Chip): FlashWriter {
  // The ESP32 is the only one whose ROM cannot encrypt what it writes.
  const isEncrypted = chip.name === 'esp32' ? undefined : false;
  return { link, packetBytes: 0x400, isEncrypted, packetTries: 8, fillsPackets: true };
}

/** It answers before it writes, so that the next packet comes meanwhile, and would write one that comes again behind itself. */
export function stubWriter(link: LoaderLink): FlashWriter {
  return { link, packetBytes: 0x4000, isEncrypted: undefined, packetTries: 1, fillsPackets: false };
}

/**
 * Sends all of a load.
 *
 * @param onSent told how much of it has gone
 * @throws as `LoaderLink.call`
 */
export async function sendLoad(writer: FlashWriter, load: FlashLoad, onSent: (bytes: number) => void): Promise<void> {
  const { link, packetBytes, isEncrypted, packetTries: tries } = writer;
  const { address, bytes, isCompressed, onLine } = load;
  const packets = Math.ceil(onLine.length / packetBytes);
  await flashBegin(link, { address, bytes, packets, packetBytes, isCompressed, isEncrypted });
  for (let sequence = 0; sequence < packets; sequence++) {
    const start = sequence * packetBytes;
    const piece = onLine.subarray(start, start + packetBytes);
    const payload = writer.fillsPackets && !isCompressed ? fill(piece, packetBytes) : piece;
    await flashData(link, { isCompressed, sequence, payload, tries });
    onSent(start + piece.length);
  }
}

function fill(piece: Uint8Array, length: number): Uint8Array {
  if (piece.length === length) return piece;
  const filled = new Uint8Array(length).fill(0xff);
  filled.set(piece);
  return filled;
}
