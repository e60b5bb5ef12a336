// ESP-IDF Programming Guide, "Application Image Format" and "Bootloader Image Format"; esp_image_format.h.
import type { ImageHeader } from './imageHeader.ts';

/** A program for an ESP32: an app, or a bootloader. */
export interface Image {
  readonly header: ImageHeader;
  readonly segments: readonly ImageSegment[];
}

export interface ImageSegment {
  /** Where the bootloader copies or maps it to; 0 for padding. */
  readonly loadAddress: number;
  readonly data: Uint8Array;
}

export const IMAGE_MAGIC = 0xe9;
export const SEGMENT_HEADER_BYTES = 8;
export const MAX_SEGMENTS = 16;
/** A segment is shorter than this. */
export const SEGMENT_BYTES_END = 0x1000000;
/** The checksum is the last byte of a row of this many. */
export const CHECKSUM_ROW_BYTES = 16;
export const HASH_BYTES = 32;
/** What the MMU maps at once, unless the app description says otherwise. */
export const MMU_PAGE_BYTES = 0x10000;

/** Zeros between the last segment and the checksum, for segments that end at `offset`. */
export function checksumPadding(offset: number): number {
  return CHECKSUM_ROW_BYTES - 1 - (offset % CHECKSUM_ROW_BYTES);
}

/** All bytes of all segments, and 0xef, by exclusive or. */
export function imageChecksum(segments: readonly ImageSegment[]): number {
  let checksum = 0xef;
  for (const { data } of segments) for (const byte of data) checksum ^= byte;
  return checksum;
}

/** SHA-256, which `hashAppended` announces at the end of the image. */
export async function imageHash(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
