import { toHex } from '@mkiot/core/bytes/bytes';
import { md5 } from '../bytes/md5.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import type { Chip } from '../chips/chip.ts';
import { flashBegin } from './flashCommands.ts';
import { romWriter } from './flashWriter.ts';
import { loaderError } from './loaderErrors.ts';
import type { RomLoader } from './romLoader.ts';
import type { OnProgress } from './writeFlash.ts';

/** So much at once, to tell of it as it goes: all flashes have a multiple of it. */
const PIECE_BYTES = 0x40000;

/**
 * Erases the whole flash, and compares its digests with that of an erased one.
 *
 * @throws `FLASH_DIGEST_WRONG`, and as the commands of the loader
 */
export async function eraseFlash(
  loader: RomLoader,
  chip: Chip,
  flashBytes: number,
  onProgress: OnProgress,
): Promise<void> {
  for (let address = 0; address < flashBytes; address += PIECE_BYTES) {
    await eraseRange(loader, chip, address, PIECE_BYTES);
    onProgress(address + PIECE_BYTES, flashBytes);
  }
  if (await isFlashErased(loader, flashBytes)) return;
  throw loaderError('FLASH_DIGEST_WRONG', { address: toHexOffset(0), tries: 1 });
}

/**
 * Erases whole sectors. The loader in ROM has no command for it; it erases where data are announced, and no data need follow.
 *
 * @throws as the commands of the loader
 */
export async function eraseRange(loader: RomLoader, chip: Chip, address: number, bytes: number): Promise<void> {
  const { link, packetBytes, isEncrypted } = romWriter(loader.link, chip);
  const packets = bytes / packetBytes;
  await flashBegin(link, { address, bytes, packets, packetBytes, isCompressed: false, isEncrypted });
}

/** Whether the whole flash is erased, by digests of its parts: a used one is known at the first that is not. */
export async function isFlashErased(loader: RomLoader, flashBytes: number): Promise<boolean> {
  const erased = toHex(md5(new Uint8Array(PIECE_BYTES).fill(0xff)));
  for (let address = 0; address < flashBytes; address += PIECE_BYTES) {
    if ((await loader.spiFlashMd5(address, PIECE_BYTES)) !== erased) return false;
  }
  return true;
}
