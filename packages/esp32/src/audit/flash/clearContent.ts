import { type ContentKind, recogniseContent } from '../../content/recogniseContent.ts';
import { parseImage } from '../../image/parseImage.ts';

const IMAGES: readonly (ContentKind | undefined)[] = ['app-image', 'bootloader-image', 'image'];
const FILE_SYSTEMS: readonly (ContentKind | undefined)[] = ['spiffs', 'littlefs', 'fat'];

/**
 * How many bytes from the start of a region are surely not encrypted, because a format was recognised in clear that reaches so
 * far: an image, or a file system. Compressed data in them looks like ciphertext.
 */
export function clearBytes(region: Uint8Array<ArrayBuffer>): number {
  const kind = recogniseContent(region);
  if (FILE_SYSTEMS.includes(kind)) return region.length;
  if (!IMAGES.includes(kind)) return 0;
  try {
    return parseImage(region).end;
  } catch {
    // A header in clear whose segments lead nowhere: the statistics of the sectors say what the rest is.
    return 0;
  }
}
