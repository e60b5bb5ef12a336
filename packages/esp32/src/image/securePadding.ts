import {
  CHECKSUM_ROW_BYTES,
  HASH_BYTES,
  type Image,
  MAX_SEGMENTS,
  MMU_PAGE_BYTES,
  SEGMENT_HEADER_BYTES,
} from './image.ts';
import { imageError } from './imageErrors.ts';
import { IMAGE_HEADER_BYTES } from './imageHeader.ts';

/**
 * What stands behind the checksum when the signed image ends: the hash, and for version 1 also the signature of 68 bytes,
 * filled up to 16. The signature sector of version 2 lies behind the end of the page.
 */
const BEHIND_CHECKSUM = { v1: HASH_BYTES + 68 + 12, v2: HASH_BYTES } as const;

/**
 * The image with a last segment of zeros, so that what is signed ends with a page of the MMU: nothing unsigned can be mapped
 * with it. It is what `esptool elf2image --secure-pad` and `--secure-pad-v2` do.
 *
 * @throws `SECURE_PADDING_HASH`, `SECURE_PADDING_SEGMENTS`
 */
export function addSecurePadding({ header, segments }: Image, version: 'v1' | 'v2'): Image {
  if (!header.hashAppended) throw imageError('SECURE_PADDING_HASH');
  if (segments.length >= MAX_SEGMENTS) throw imageError('SECURE_PADDING_SEGMENTS');
  let end = IMAGE_HEADER_BYTES + SEGMENT_HEADER_BYTES;
  for (const { data } of segments) end += SEGMENT_HEADER_BYTES + data.length;
  const needed = end + CHECKSUM_ROW_BYTES + BEHIND_CHECKSUM[version];
  const padding = (MMU_PAGE_BYTES - (needed % MMU_PAGE_BYTES)) % MMU_PAGE_BYTES;
  return { header, segments: [...segments, { loadAddress: 0, data: new Uint8Array(padding) }] };
}
