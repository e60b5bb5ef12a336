import type { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { IMAGE_MAGIC, MAX_SEGMENTS } from './image.ts';
import { imageError } from './imageErrors.ts';

/** The first 24 bytes of an image, but for magic and segment count: esp_image_header_t. */
export interface ImageHeader {
  /** A key of {@link SPI_MODES}. */
  readonly spiMode: number;
  /** Of flash, as the chip's `flashFrequencies` name it. */
  readonly spiSpeed: number;
  /** A key of {@link FLASH_SIZES}. */
  readonly flashSize: number;
  readonly entryPoint: number;
  /** Write-protect pin of the flash; 0xee: none is set. */
  readonly wpPin: number;
  /** Strength of the pins, half a byte each: CLK, Q, D, CS0, HD, WP. */
  readonly pinDrives: readonly number[];
  readonly chipId: number;
  /** As ESP-IDF before v4.4.1 reads it: the major number alone. */
  readonly legacyMinRevision: number;
  /** Silicon revisions that it runs on, 100 · major + minor. */
  readonly minRevision: number;
  readonly maxRevision: number;
  /** Four bytes. */
  readonly reserved: Uint8Array;
  readonly hashAppended: boolean;
}

export const IMAGE_HEADER_BYTES = 24;
export const SPI_MODES: Readonly<Record<number, string>> = { 0: 'QIO', 1: 'QOUT', 2: 'DIO', 3: 'DOUT' };
export const FLASH_SIZES: readonly string[] = ['1MB', '2MB', '4MB', '8MB', '16MB', '32MB', '64MB', '128MB'];
export const WP_PIN_UNSET = 0xee;

/** @throws `IMAGE_MAGIC`, `IMAGE_SEGMENT_COUNT`, `IMAGE_HASH_FLAG`, `BYTES_SHORT` */
export function readImageHeader(reader: ByteReader): { readonly header: ImageHeader; readonly segments: number } {
  const magic = reader.uint8('magic');
  if (magic !== IMAGE_MAGIC) throw imageError('IMAGE_MAGIC', { found: toHexOffset(magic) });
  const offset = toHexOffset(reader.offset);
  const segments = reader.uint8('segment count');
  if (segments === 0 || segments > MAX_SEGMENTS) throw imageError('IMAGE_SEGMENT_COUNT', { offset, found: segments });
  const spiMode = reader.uint8('SPI mode');
  const [spiSpeed, flashSize] = nibbles(reader.uint8('speed and size of flash'));
  const header = {
    spiMode,
    spiSpeed,
    flashSize,
    entryPoint: reader.uint32('entry point'),
    wpPin: reader.uint8('WP pin'),
    pinDrives: [...reader.bytes(3, 'drive of the pins')].flatMap(nibbles),
    chipId: reader.uint16('chip id'),
    legacyMinRevision: reader.uint8('old minimal revision'),
    minRevision: reader.uint16('minimal revision'),
    maxRevision: reader.uint16('maximal revision'),
    reserved: reader.bytes(4, 'reserved bytes'),
  };
  const flagOffset = toHexOffset(reader.offset);
  const flag = reader.uint8('flag for an appended hash');
  if (flag > 1) throw imageError('IMAGE_HASH_FLAG', { offset: flagOffset, found: toHexOffset(flag) });
  return { header: { ...header, hashAppended: flag === 1 }, segments };
}

/** @throws `IMAGE_SEGMENT_COUNT`, `IMAGE_FIELD` */
export function buildImageHeader(header: ImageHeader, segments: number): Uint8Array {
  if (segments === 0 || segments > MAX_SEGMENTS) {
    throw imageError('IMAGE_SEGMENT_COUNT', { offset: toHexOffset(1), found: segments });
  }
  checkFields(header);
  const [clk, q, d, cs0, hd, wp] = header.pinDrives as readonly [number, number, number, number, number, number];
  const bytes = new Uint8Array(IMAGE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([IMAGE_MAGIC, segments, header.spiMode, joined(header.spiSpeed, header.flashSize)]);
  view.setUint32(4, header.entryPoint, true);
  bytes.set([header.wpPin, joined(clk, q), joined(d, cs0), joined(hd, wp)], 8);
  view.setUint16(12, header.chipId, true);
  bytes[14] = header.legacyMinRevision;
  view.setUint16(15, header.minRevision, true);
  view.setUint16(17, header.maxRevision, true);
  bytes.set(header.reserved, 19);
  bytes[23] = header.hashAppended ? 1 : 0;
  return bytes;
}

function checkFields({ pinDrives, reserved, ...header }: ImageHeader): void {
  checkField('number of pin drives', pinDrives.length - 6, 0);
  checkField('number of reserved bytes', reserved.length - 4, 0);
  for (const drive of pinDrives) checkField('pin drive', drive, 0xf);
  for (const field of ['spiSpeed', 'flashSize'] as const) checkField(field, header[field], 0xf);
  for (const field of ['spiMode', 'wpPin', 'legacyMinRevision'] as const) checkField(field, header[field], 0xff);
  for (const field of ['chipId', 'minRevision', 'maxRevision'] as const) checkField(field, header[field], 0xffff);
  checkField('entryPoint', header.entryPoint, 0xffffffff);
}

function checkField(field: string, found: number, max: number): void {
  if (Number.isInteger(found) && found >= 0 && found <= max) return;
  throw imageError('IMAGE_FIELD', { field, found, max });
}

function nibbles(byte: number): [number, number] {
  return [byte & 0xf, byte >> 4];
}

function joined(low: number, high: number): number {
  return low | (high << 4);
}
