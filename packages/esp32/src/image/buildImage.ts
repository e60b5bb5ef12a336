import { concatBytes } from '@mkiot/core/bytes/bytes';
import { checksumPadding, type Image, imageChecksum, imageHash, type ImageSegment } from './image.ts';
import { imageError } from './imageErrors.ts';
import { buildImageHeader, IMAGE_HEADER_BYTES } from './imageHeader.ts';
import { checkSegmentLength } from './parseImage.ts';

/**
 * The bytes of an image: header, segments in their order, checksum, and SHA-256 where the header says so.
 *
 * @throws `IMAGE_FIELD`, `IMAGE_SEGMENT_COUNT`, `IMAGE_SEGMENT_LENGTH`
 */
export async function buildImage({ header, segments }: Image): Promise<Uint8Array<ArrayBuffer>> {
  const parts = [buildImageHeader(header, segments.length)];
  let offset = IMAGE_HEADER_BYTES;
  for (const [index, segment] of segments.entries()) {
    checkSegmentLength(segment.data.length, index, offset);
    const segmentHeader = buildSegmentHeader(segment);
    parts.push(segmentHeader, segment.data);
    offset += segmentHeader.length + segment.data.length;
  }
  parts.push(new Uint8Array(checksumPadding(offset)), Uint8Array.of(imageChecksum(segments)));
  const image = concatBytes(...parts);
  return header.hashAppended ? concatBytes(image, await imageHash(image)) : image;
}

function buildSegmentHeader({ loadAddress, data }: ImageSegment): Uint8Array {
  const max = 0xffffffff;
  if (!Number.isInteger(loadAddress) || loadAddress < 0 || loadAddress > max) {
    throw imageError('IMAGE_FIELD', { field: 'load address', found: loadAddress, max });
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, loadAddress, true);
  view.setUint32(4, data.length, true);
  return new Uint8Array(view.buffer);
}
