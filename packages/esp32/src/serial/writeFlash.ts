import { toHex } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { md5 } from '../bytes/md5.ts';
import type { Chip } from '../chips/chip.ts';
import { loaderError } from './loaderErrors.ts';
import type { RomLoader } from './romLoader.ts';

/** The loader in ROM has no room for longer packets. */
const PACKET_BYTES = 0x400;
/** Flash is written in words. */
const WORD_BYTES = 4;
const TRIES = 3;

export interface FlashPiece {
  readonly address: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Told how much of the bytes on the line has gone. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Writes into flash and compares the digest of what lies there then. Where the line has lost too much or the digest is
 * wrong, it begins again.
 *
 * @throws `FLASH_DIGEST_WRONG`, and as the commands of the loader
 */
export async function writeFlash(
  loader: RomLoader,
  chip: Chip,
  piece: FlashPiece,
  onProgress: OnProgress,
): Promise<void> {
  const padded = padToWord(piece.bytes);
  const packed = await deflate(padded);
  const expected = toHex(md5(padded));
  for (let attempt = 1; ; attempt++) {
    try {
      await send(loader, chip, { address: piece.address, bytes: padded }, packed, onProgress);
      if ((await loader.spiFlashMd5(piece.address, padded.length)) === expected) return;
      if (attempt === TRIES) {
        throw loaderError('FLASH_DIGEST_WRONG', { address: toHexOffset(piece.address), tries: TRIES });
      }
    } catch (error) {
      if (attempt === TRIES || !isFromLine(error)) throw error;
    }
  }
}

async function send(
  loader: RomLoader,
  chip: Chip,
  { address, bytes }: FlashPiece,
  packed: Uint8Array,
  onProgress: OnProgress,
): Promise<void> {
  const packets = Math.ceil(packed.length / PACKET_BYTES);
  await loader.flashBegin({
    address,
    bytes: bytes.length,
    packets,
    packetBytes: PACKET_BYTES,
    isCompressed: true,
    // The ESP32 is the only one whose ROM cannot encrypt what it writes.
    isEncrypted: chip.name === 'esp32' ? undefined : false,
  });
  for (let sequence = 0; sequence < packets; sequence++) {
    const start = sequence * PACKET_BYTES;
    await loader.flashData(true, sequence, packed.subarray(start, start + PACKET_BYTES));
    onProgress(Math.min(packed.length, start + PACKET_BYTES), packed.length);
  }
}

/** The line lost or bent something; a closed port and a digest that never fits are no matter of one more try. */
function isFromLine(error: unknown): boolean {
  return error instanceof MkiotError && (error.code === 'LOADER_SILENT' || error.code === 'LOADER_REFUSED');
}

function padToWord(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES).fill(0xff);
  padded.set(bytes);
  return padded;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
