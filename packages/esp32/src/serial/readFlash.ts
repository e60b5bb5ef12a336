import { toHex } from '@mkiot/core/bytes/bytes';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { md5 } from '../bytes/md5.ts';
import { loaderError } from './loaderErrors.ts';
import type { RomLoader } from './romLoader.ts';
import type { OnProgress } from './writeFlash.ts';

/** READ_FLASH_SLOW answers no more at once. */
const READ_BYTES = 64;
const TRIES = 3;

/**
 * What lies in flash, encrypted where it is encrypted; compared with the digest that the loader makes of it. About 4 KiB a
 * second: enough for a partition table, long for a whole flash.
 *
 * @throws `FLASH_DIGEST_WRONG`, and as the commands of the loader
 */
export async function readFlash(
  loader: RomLoader,
  address: number,
  length: number,
  onProgress: OnProgress,
): Promise<Uint8Array<ArrayBuffer>> {
  const expected = await loader.spiFlashMd5(address, length);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += READ_BYTES) {
      bytes.set(await loader.readFlashSlow(address + at, Math.min(READ_BYTES, length - at)), at);
      onProgress(at, length);
    }
    if (toHex(md5(bytes)) === expected) return bytes;
  }
  throw loaderError('FLASH_DIGEST_WRONG', { address: toHexOffset(address), tries: TRIES });
}
