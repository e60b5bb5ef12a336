import { isErased } from '../bytes/isErased.ts';
import { ByteReader } from '../bytes/byteReader.ts';
import { crc32 } from '@mkiot/core/bytes/crc32';
import { APP_DESCRIPTION_MAGIC } from '../image/appDescription.ts';
import { BOOTLOADER_DESCRIPTION_MAGIC } from '../image/bootloaderDescription.ts';
import { IMAGE_MAGIC, MAX_SEGMENTS } from '../image/image.ts';
import { ENTRY_MAGIC } from '../partitionTable/parsePartitionTable.ts';
import { parseOtadata } from '../otadata/otadata.ts';

/** What bytes read from flash look like. */
export type ContentKind =
  | 'erased'
  | 'app-image'
  | 'bootloader-image'
  | 'image'
  | 'partition-table'
  | 'otadata'
  | 'nvs'
  | 'littlefs'
  | 'spiffs'
  | 'fat'
  | 'core-dump';

const SECTOR = 0x1000;

/**
 * What the contents of a partition are, by the marks that each format has, whatever the partition table calls them. The
 * first that fits counts.
 *
 * @returns undefined for anything else: raw data, or what is encrypted
 */
export function recogniseContent(bytes: Uint8Array): ContentKind | undefined {
  return MARKS.find(([, fits]) => fits(bytes))?.[0];
}

const MARKS: readonly (readonly [ContentKind, (bytes: Uint8Array) => boolean])[] = [
  ['erased', (bytes) => bytes.length > 0 && isErased(bytes)],
  ['app-image', (bytes) => isImage(bytes) && uint32At(bytes, DESCRIPTION_AT) === APP_DESCRIPTION_MAGIC],
  ['bootloader-image', (bytes) => isImage(bytes) && bytes[DESCRIPTION_AT] === BOOTLOADER_DESCRIPTION_MAGIC],
  ['image', isImage],
  ['partition-table', (bytes) => uint16At(bytes, 0) === ENTRY_MAGIC],
  ['nvs', isNvs],
  ['littlefs', isLittleFs],
  ['spiffs', isSpiffs],
  ['fat', isFat],
  ['core-dump', isCoreDump],
  ['otadata', isOtadata],
];

/** esp_app_desc_t and esp_bootloader_desc_t are the start of the first segment. */
const DESCRIPTION_AT = 0x20;

/** ESP-IDF, esp_image_header_t: magic, segments, mode, and a last byte that is 0 or 1; then the first segment fits. */
function isImage(bytes: Uint8Array): boolean {
  if (bytes.length < DESCRIPTION_AT || bytes[0] !== IMAGE_MAGIC) return false;
  const reader = new ByteReader(bytes.subarray(1, DESCRIPTION_AT), 'image header', 1);
  const segments = reader.uint8('segment count');
  const spiMode = reader.uint8('SPI mode');
  reader.bytes(20, 'entry point to reserved bytes');
  const hashAppended = reader.uint8('hash appended');
  reader.uint32('load address');
  const length = reader.uint32('segment length');
  return segments >= 1 && segments <= MAX_SEGMENTS && spiMode <= 5 && hashAppended <= 1 && length < 2 ** 24;
}

/** Any page whose header has the right CRC, which covers bytes 4 to 27 (ESP-IDF, nvs_page.hpp). */
function isNvs(bytes: Uint8Array): boolean {
  return sectors(bytes).some((page) => {
    const version = page[8];
    const isWritten = page.length >= 32 && uint32At(page, 0) !== 0xffffffff && (version === 0xfe || version === 0xff);
    return isWritten && crc32(page.subarray(4, 28), 0xffffffff) === uint32At(page, 28);
  });
}

/** The superblock is in one of the first two blocks: revision, a tag, and its name (littlefs, SPEC.md). */
function isLittleFs(bytes: Uint8Array): boolean {
  return sectors(bytes.subarray(0, 2 * SECTOR)).some((block) => textAt(block, 8, 8) === 'littlefs');
}

/** Where blocks are numbered from their end, by the page size: two in a row (SPIFFS_MAGIC in spiffs_nucleus.h). */
function isSpiffs(bytes: Uint8Array): boolean {
  return [256, 512, 1024].some((page) => {
    const marks = [0, 1].map((block) => uint16At(bytes, block * SECTOR + page - 4));
    const [first, second] = marks.map((mark) => (mark === undefined ? 0 : mark ^ 0x0529 ^ page));
    return first !== undefined && first > 1 && first < 0x4000 && second === first - 1;
  });
}

/** A boot sector; wear levelling may put one of its own sectors before it. */
function isFat(bytes: Uint8Array): boolean {
  return sectors(bytes.subarray(0, 2 * SECTOR)).some((sector) => {
    const sectorBytes = uint16At(sector, 11);
    const isJump = (sector[0] === 0xeb && sector[2] === 0x90) || sector[0] === 0xe9;
    const isSized = sectorBytes === 512 || sectorBytes === 1024 || sectorBytes === 2048 || sectorBytes === 4096;
    return isJump && isSized && uint16At(sector, 510) === 0xaa55;
  });
}

/** The ELF file is behind a header that has grown with versions: 12, 20 or 24 bytes, the first four of them its length. */
function isCoreDump(bytes: Uint8Array): boolean {
  const length = uint32At(bytes, 0) ?? 0;
  const elf = [12, 20, 24].find((at) => textAt(bytes, at, 4) === '\x7fELF');
  return elf !== undefined && length > elf && length <= bytes.length;
}

/** Most of it is erased, so it is looked for last. */
function isOtadata(bytes: Uint8Array): boolean {
  try {
    return parseOtadata(bytes).some((copy) => typeof copy === 'object');
  } catch {
    return false;
  }
}

function sectors(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / SECTOR) }, (_, index) =>
    bytes.subarray(index * SECTOR, (index + 1) * SECTOR),
  );
}

function uint16At(bytes: Uint8Array, at: number): number | undefined {
  return at + 2 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset + at, 2).getUint16(0, true) : undefined;
}

function uint32At(bytes: Uint8Array, at: number): number | undefined {
  return at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true) : undefined;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
