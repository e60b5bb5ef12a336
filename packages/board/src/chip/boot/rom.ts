import { equalBytes } from '@mkiot/core/bytes/bytes';
import { ByteReader } from '@mkiot/esp32/bytes/byteReader';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { revisionOf } from '@mkiot/esp32/efuse/efuseFields';
import { HASH_BYTES } from '@mkiot/esp32/image/image';
import { IMAGE_HEADER_BYTES, readImageHeader } from '@mkiot/esp32/image/imageHeader';
import { type ParsedImage, parseImage } from '@mkiot/esp32/image/parseImage';
import { digestBootloader, IV_BYTES } from '@mkiot/esp32/secureBoot/secureBootV1';
import type { BootConsole } from './bootConsole.ts';
import type { BootHardware } from './bootHardware.ts';
import { efuseNumber } from './efuseFields.ts';
import type { FlashCache } from './flashCache.ts';
import { bannerLines, flashConfigLines, loadLines, romTextOf } from './romText.ts';
import type { ResetReason } from './resetReason.ts';
import { isTrusted, signatureVerdicts } from './signedBytes.ts';
import { ESP32_SECURE_BOOT_BLOCK, secureBootV2Field, trustedDigests } from './trustedDigests.ts';

/** SHA-512 of the secure boot engine. */
const V1_DIGEST_BYTES = 64;
/** The image of a bootloader and what follows it: the room that the chips leave for it. */
const BOOTLOADER_ROOM = 0x10000;
/** Silicon of the original ESP32 with the ROM that knows secure boot v2. */
const ESP32_V3 = 300;

/** Starts the ROM of a chip that boots from flash: the first lines, up to the reset reason. */
export function printBanner(
  { efuse }: BootHardware,
  console: BootConsole,
  reason: ResetReason,
  strapping: number,
): void {
  const dump = efuse.readable();
  for (const line of bannerLines(dump.chip, revisionOf(dump), reason, strapping)) console.line(line);
}

/**
 * The ROM looks for the bootloader, checks it as the eFuses ask, and loads it.
 *
 * @returns `missing`: there is no image, and the ROM looks again; `refused`: there is one that it may not start. The console
 *   was told
 */
export async function loadBootloader(
  hardware: BootHardware,
  cache: FlashCache,
  console: BootConsole,
): Promise<ParsedImage | 'missing' | 'refused'> {
  const dump = hardware.efuse.readable();
  const { chip } = dump;
  const room = Math.min(BOOTLOADER_ROOM, cache.raw.size - chip.bootloaderOffset);
  const bytes = cache.read(chip.bootloaderOffset, room);
  const image = parsedBootloader(bytes);
  if (image === undefined) return tellMissing(console, revisionOf(dump), chip.name === 'esp32', bytes);
  for (const line of flashConfigLines(chip, image.header)) console.line(line);
  if (!(await isSecureBootRight(hardware, cache, console, image))) return 'refused';
  for (const line of loadLines(chip, image.segments, image.header.entryPoint)) console.line(line);
  const { stored, computed } = image.checksum;
  if (stored === computed) return image;
  console.line(`csum err:0x${stored.toString(16)}!=0x${computed.toString(16)}`);
  console.line('ets_main.c 384 ');
  return 'refused';
}

function parsedBootloader(bytes: Uint8Array<ArrayBuffer>): ParsedImage | undefined {
  try {
    readImageHeader(new ByteReader(bytes.subarray(0, IMAGE_HEADER_BYTES), 'bootloader header'));
    return parseImage(bytes);
  } catch (error) {
    if (error instanceof MkiotError) return undefined;
    throw error;
  }
}

/** The ROM of silicon before v3 tells no more than that it could not read, and stops. */
function tellMissing(
  console: BootConsole,
  revision: number,
  isEsp32: boolean,
  bytes: Uint8Array,
): 'missing' | 'refused' {
  if (isEsp32 && revision < ESP32_V3) {
    console.line('flash read err, 1000');
    console.line('ets_main.c 371 ');
    return 'refused';
  }
  const word = new ByteReader(bytes, 'bootloader header').uint32('first word');
  console.line(`invalid header: 0x${word.toString(16).padStart(8, '0')}`);
  return 'missing';
}

async function isSecureBootRight(
  hardware: BootHardware,
  cache: FlashCache,
  console: BootConsole,
  image: ParsedImage,
): Promise<boolean> {
  const dump = hardware.efuse.readable();
  const knowsV2 = dump.chip.secureBoot.some(
    ({ version, fromRevision }) => version === 2 && revisionOf(dump) >= fromRevision,
  );
  if (knowsV2 && efuseNumber(dump, secureBootV2Field(dump)) === 1) {
    const [firstLine = ''] = romTextOf(dump.chip).secureBootV2;
    console.line(firstLine);
    const verdicts = await signatureVerdicts(cache, dump.chip.bootloaderOffset, image.end);
    const isGood = isTrusted(verdicts, trustedDigests(dump));
    console.line(isGood ? 'secure boot verification succeeded' : 'secure boot verification failed');
    return isGood;
  }
  if (efuseNumber(dump, 'ABS_DONE_0') === 0) return true;
  if (await isDigestRight(hardware, cache, image)) return true;
  console.line('secure boot check fail');
  console.line('ets_main.c 371 ');
  return false;
}

/** Secure boot v1: the digest in the first sector of flash is that of IV and bootloader under the key in the eFuses. */
async function isDigestRight(
  { efuse, aes }: BootHardware,
  cache: FlashCache,
  { hashed, header }: ParsedImage,
): Promise<boolean> {
  const key = efuse.trueKey(ESP32_SECURE_BOOT_BLOCK).reverse();
  const image = cache.read(efuse.chip.bootloaderOffset, hashed.length + (header.hashAppended ? HASH_BYTES : 0));
  const inFlash = cache.read(0, IV_BYTES + V1_DIGEST_BYTES);
  const right = await digestBootloader(key, inFlash.subarray(0, IV_BYTES), image, aes);
  return equalBytes(right.subarray(0, inFlash.length), inFlash);
}
