import { toHex } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { md5 } from '../bytes/md5.ts';
import type { Chip } from '../chips/chip.ts';
import { reconnectLoader } from './connectLoader.ts';
import { startStub } from './flasherStub/startStub.ts';
import { STUB_RELEASES } from './flasherStub/stubReleases.ts';
import { type FlashLoad, type FlashWriter, romWriter, sendLoad, stubWriter } from './flashWriter.ts';
import { loaderError } from './loaderErrors.ts';
import type { RomLoader } from './romLoader.ts';

/** Flash is written in words. */
const WORD_BYTES = 4;
const TRIES = 3;
/** To upload the stub and to come back to the ROM takes a second, which the stub saves with so many bytes. */
const STUB_PAYS_FROM_BYTES = 0x40000;
/** A register that every chip has. */
const ANY_REGISTER = 0x40001000;

export interface FlashPiece {
  readonly address: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The chip at the line. */
export interface FlashTarget {
  readonly chip: Chip;
  readonly flashBytes: number;
}

/** Told how much of the bytes on the line has gone. */
export type OnProgress = (done: number, total: number) => void;

/** A piece as it is sent, and what has to lie there then. */
interface Load extends FlashLoad {
  readonly digest: string;
}

/**
 * Writes into flash, and has the loader in ROM make a digest of what lies there then. Much is written by Espressif's flasher
 * stub, which takes bytes while it writes others; it is left again before the digest, so nobody has to trust it. Where the
 * port cannot reset the chip, where the chip runs no uploaded code, and where the line loses too much, the ROM writes.
 *
 * @throws `FLASH_DIGEST_WRONG`, and as the commands of the loader
 */
export async function writeFlash(
  loader: RomLoader,
  target: FlashTarget,
  pieces: readonly FlashPiece[],
  onProgress: OnProgress,
): Promise<void> {
  const all = await Promise.all(pieces.map(loadOf));
  let missing: readonly Load[] = all;
  if (stubPays(loader, target, all)) {
    await sendByStub(loader, target, all, onProgress);
    missing = await wrongIn(loader, all);
  }
  for (let attempt = 1; missing.length > 0; attempt++) {
    try {
      await sendAll(romWriter(loader.link, target.chip), missing, onProgress);
      missing = await wrongIn(loader, missing);
    } catch (error) {
      if (attempt === TRIES || !isFromLine(error)) throw error;
    }
    const [wrong] = missing;
    if (attempt === TRIES && wrong !== undefined) {
      throw loaderError('FLASH_DIGEST_WRONG', { address: toHexOffset(wrong.address), tries: TRIES });
    }
  }
}

function stubPays(loader: RomLoader, { chip }: FlashTarget, loads: readonly Load[]): boolean {
  const onLine = loads.reduce((sum, load) => sum + load.onLine.length, 0);
  return loader.link.port.hasLines && STUB_RELEASES[chip.name] !== undefined && onLine >= STUB_PAYS_FROM_BYTES;
}

/** What goes wrong on the line shows in the digests. @throws as the commands of the loader, but for that */
async function sendByStub(
  loader: RomLoader,
  { chip, flashBytes }: FlashTarget,
  loads: readonly Load[],
  onProgress: OnProgress,
): Promise<void> {
  const release = STUB_RELEASES[chip.name];
  if (release === undefined) throw new TypeError(`no flasher stub for ${chip.name}`);
  const { baud } = loader;
  try {
    const stub = await startStub(loader, release, flashBytes);
    await sendAll(stubWriter(stub.link), loads, onProgress);
    // It answers the next command only when the last packet is in flash.
    await stub.readReg(ANY_REGISTER);
  } catch (error) {
    if (!isFromLine(error)) throw error;
  }
  await reconnectLoader(loader, baud);
  await loader.spiAttach();
  await loader.spiSetParams(flashBytes);
}

async function sendAll(writer: FlashWriter, loads: readonly Load[], onProgress: OnProgress): Promise<void> {
  const total = loads.reduce((sum, { onLine }) => sum + onLine.length, 0);
  let done = 0;
  for (const load of loads) {
    const before = done;
    await sendLoad(writer, load, (sent) => onProgress(before + sent, total));
    done += load.onLine.length;
  }
}

async function wrongIn(loader: RomLoader, loads: readonly Load[]): Promise<readonly Load[]> {
  const wrong: Load[] = [];
  for (const load of loads) {
    if ((await loader.spiFlashMd5(load.address, load.bytes)) !== load.digest) wrong.push(load);
  }
  return wrong;
}

/** The line lost or bent something, or the chip runs no uploaded code: no reason to give up. */
function isFromLine(error: unknown): boolean {
  const codes = ['LOADER_SILENT', 'LOADER_REFUSED', 'LOADER_GARBLED'];
  return error instanceof MkiotError && codes.includes(error.code);
}

/** Encrypted bytes cannot be compressed: they go as they are. */
async function loadOf({ address, bytes }: FlashPiece): Promise<Load> {
  const padded = padToWord(bytes);
  const packed = await deflate(padded);
  const isCompressed = packed.length < padded.length;
  const onLine = isCompressed ? packed : padded;
  return { address, bytes: padded.length, isCompressed, onLine, digest: toHex(md5(padded)) };
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
