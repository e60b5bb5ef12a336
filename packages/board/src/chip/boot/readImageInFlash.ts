// components/bootloader_support/src/esp_image_format.c of ESP-IDF: its checks, in its order, in its words.
import { ByteReader } from '@mkiot/esp32/bytes/byteReader';
import type { Chip } from '@mkiot/esp32/chips/chip';
import {
  checksumPadding,
  HASH_BYTES,
  IMAGE_MAGIC,
  imageChecksum,
  MAX_SEGMENTS,
  MMU_PAGE_BYTES,
  SEGMENT_BYTES_END,
  SEGMENT_HEADER_BYTES,
} from '@mkiot/esp32/image/image';
import { memoryTypes } from '@mkiot/esp32/image/imageFacts';
import { IMAGE_HEADER_BYTES, type ImageHeader, readImageHeader } from '@mkiot/esp32/image/imageHeader';
import { isSignatureGood } from './appSignature.ts';
import { type ImageInFlash, isHashRight, type SegmentInFlash } from './imageInFlash.ts';
import type { Stage } from './stage.ts';

/** Where an image may lie. */
export interface ImagePlace {
  readonly offset: number;
  readonly size: number;
}

const TAG = 'esp_image';
/** ESP_IMAGE_SPI_MODE_SLOW_READ and ESP_IMAGE_FLASH_SIZE_MAX of v4. */
const LAST_SPI_MODE = 5;
const FLASH_SIZES_END = 5;

/**
 * Looks at the image at `place`, and tells on the console what it finds.
 *
 * @param mode `load`: it will be started; `verify`: it is only looked at
 * @returns undefined where it is not one to start
 */
export async function readImageInFlash(
  stage: Stage,
  place: ImagePlace,
  mode: 'load' | 'verify',
): Promise<ImageInFlash | undefined> {
  const header = readHeader(stage, place);
  if (header === undefined) return undefined;
  const segments = readSegments(stage, place, header.segments, mode);
  if (segments === undefined) return undefined;
  const image = { address: place.offset, header: header.header, segments };
  const end = segments.reduce((at, { data }) => at + SEGMENT_HEADER_BYTES + data.length, IMAGE_HEADER_BYTES);
  const checked = end + checksumPadding(end) + 1;
  const length = checked + (header.header.hashAppended ? HASH_BYTES : 0);
  if (length > place.size) {
    return refused(stage, `Image length ${length} doesn't fit in partition length ${place.size}`);
  }
  if (!isChecksumRight(stage, image, checked)) return undefined;
  const isBootloader = place.offset === stage.chip.bootloaderOffset;
  // esptool may have changed the header of a bootloader, so its hash is not looked at where no signature covers it.
  if (isBootloader && stage.options.secureBoot !== 'v2') return { ...image, length };
  if (stage.options.secureBoot !== 'none') {
    return (await isSignatureGood(stage, { ...image, length })) ? { ...image, length } : undefined;
  }
  if (header.header.hashAppended && !(await isHashRight(stage, { ...image, length }))) {
    return refused(stage, 'Image hash failed - image is corrupt');
  }
  return { ...image, length };
}

function refused(stage: Stage, text: string): undefined {
  stage.console.log('E', TAG, text);
  return undefined;
}

function readHeader(
  stage: Stage,
  { offset }: ImagePlace,
): { readonly header: ImageHeader; readonly segments: number } | undefined {
  const { cache, console, dialect } = stage;
  const bytes = cache.read(offset, IMAGE_HEADER_BYTES);
  const [magic, segments = 0, spiMode = 0, speedAndSize = 0] = bytes;
  const at = `image at 0x${offset.toString(16)}`;
  if (magic !== IMAGE_MAGIC) {
    console.log('E', TAG, dialect.wrongMagic(offset));
    if (dialect.warnsOfHeader) warnOfHeader(stage, at, spiMode, speedAndSize >> 4);
    return undefined;
  }
  // The bootloader takes every flag but 0 for yes, and counts segments by itself.
  const header = readImageHeader(
    new ByteReader(bytes.with(1, 1).with(23, Math.min(1, bytes[23] ?? 0)), 'image header', offset),
  ).header;
  if (!isForThisChip(stage, header)) return undefined;
  if (segments > MAX_SEGMENTS) return refused(stage, `${at} segment count ${segments} exceeds max ${MAX_SEGMENTS}`);
  return { header, segments };
}

function warnOfHeader({ console }: Stage, at: string, spiMode: number, size: number): void {
  if (spiMode > LAST_SPI_MODE) console.log('W', TAG, `${at} has invalid SPI mode ${spiMode}`);
  if (size > FLASH_SIZES_END) console.log('W', TAG, `${at} has invalid SPI size ${size}`);
}

function isForThisChip({ console, chip, revision, dialect }: Stage, header: ImageHeader): boolean {
  if (header.chipId !== chip.imageChipId) {
    console.log('E', 'boot_comm', `mismatch chip ID, expected ${chip.imageChipId}, found ${header.chipId}`);
    return false;
  }
  if (revision < header.minRevision) {
    console.log('E', 'boot_comm', dialect.revisionTooLow(header.minRevision, revision));
    return false;
  }
  const least = dialect.leastRevision?.('application', revision, header.minRevision);
  if (least !== undefined) console.log('I', 'boot_comm', least);
  return true;
}

function readSegments(
  stage: Stage,
  { offset, size }: ImagePlace,
  count: number,
  mode: 'load' | 'verify',
): readonly SegmentInFlash[] | undefined {
  const { cache, console, chip, dialect } = stage;
  const segments: SegmentInFlash[] = [];
  let at = offset + IMAGE_HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    if (at + SEGMENT_HEADER_BYTES > cache.raw.size)
      return refused(stage, `bootloader_flash_read failed at 0x${hex8(at)}`);
    const head = new ByteReader(cache.read(at, SEGMENT_HEADER_BYTES), 'segment header', at);
    const loadAddress = head.uint32('load address');
    const bytes = head.uint32('length');
    const address = at + SEGMENT_HEADER_BYTES;
    if (bytes % 4 !== 0 || bytes >= SEGMENT_BYTES_END) {
      return refused(stage, `invalid segment length 0x${bytes.toString(16)}`);
    }
    const isMapped = isFlashAddress(chip, loadAddress);
    if (isMapped && address % MMU_PAGE_BYTES !== loadAddress % MMU_PAGE_BYTES) {
      return refused(
        stage,
        `Segment ${index} load address 0x${hex8(loadAddress)}, doesn't match data 0x${hex8(address)}`,
      );
    }
    const use = useOf(isMapped, loadAddress, mode);
    console.log('I', TAG, dialect.segment({ index, address, loadAddress, bytes, use }));
    if (address + bytes > Math.min(offset + size, cache.raw.size)) {
      return refused(stage, `bootloader_mmap(0x${address.toString(16)}, 0x${bytes.toString(16)}) failed`);
    }
    segments.push({ loadAddress, data: cache.read(address, bytes) });
    at = address + bytes;
  }
  return segments;
}

/** Addresses below are for padding. */
const FIRST_LOADABLE = 0x10000000;

function useOf(isMapped: boolean, loadAddress: number, mode: 'load' | 'verify'): string {
  if (isMapped) return 'map';
  return mode === 'load' && loadAddress >= FIRST_LOADABLE ? 'load' : '';
}

function isFlashAddress(chip: Chip, address: number): boolean {
  // IROM of the original ESP32 begins behind the ROM, whose addresses the table of regions counts to it.
  return memoryTypes(chip, address).some((type) => type === 'DROM' || (type === 'IROM' && address >= 0x400c2000));
}

function isChecksumRight(stage: Stage, image: Omit<ImageInFlash, 'length'>, checked: number): boolean {
  const calculated = imageChecksum(image.segments);
  const [read] = stage.cache.read(image.address + checked - 1, 1);
  if (calculated === read) return true;
  const hex = (byte = 0): string => `0x${byte.toString(16)}`;
  stage.console.log('E', TAG, `Checksum failed. Calculated ${hex(calculated)} read ${hex(read)}`);
  return false;
}

function hex8(number: number): string {
  return number.toString(16).padStart(8, '0');
}
