import { equalBytes } from '@mkiot/core/bytes/bytes';
import { HASH_BYTES, imageHash } from '@mkiot/esp32/image/image';
import type { ImageHeader } from '@mkiot/esp32/image/imageHeader';
import type { Stage } from './stage.ts';

/** An image as it was found in flash, and found right. */
export interface ImageInFlash {
  readonly address: number;
  readonly header: ImageHeader;
  readonly segments: readonly SegmentInFlash[];
  /** With checksum and hash. */
  readonly length: number;
}

export interface SegmentInFlash {
  readonly loadAddress: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Whether the hash behind the image is its own. */
export async function isHashRight({ cache }: Stage, { address, length }: ImageInFlash): Promise<boolean> {
  const bytes = cache.read(address, length);
  const hashed = bytes.slice(0, length - HASH_BYTES);
  return equalBytes(await imageHash(hashed), bytes.subarray(length - HASH_BYTES));
}
