import { equalBytes } from '@mkiot/core/bytes/bytes';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { isErased } from '../bytes/isErased.ts';
import type { Chip } from '../chips/chip.ts';
import { imageHash, MMU_PAGE_BYTES, SEGMENT_HEADER_BYTES } from './image.ts';
import { imageError } from './imageErrors.ts';
import { appDescriptionOf, chipOf, memoryTypes, revisionText } from './imageFacts.ts';
import type { ParsedImage } from './parseImage.ts';

/**
 * What a bootloader would refuse about an image, or a careful reader mistrust: checksum, hash, chip, revisions, and segments
 * that cannot be mapped.
 *
 * @param wanted the chip it is meant for
 * @returns one error each; none where all is right
 * @throws `DESCRIPTION_TEXT`
 */
export async function verifyImage(image: ParsedImage, wanted?: Chip): Promise<readonly MkiotError[]> {
  const ofHeader = [chipProblem(image, wanted), revisionProblem(image)];
  const problems = [checksumProblem(image), await hashProblem(image), ...ofHeader, ...placeProblems(image)];
  return problems.filter((problem) => problem !== undefined);
}

/**
 * What follows an image in its file: nothing, erased flash, or signatures. Of secure boot v2 they are a sector at the next
 * multiple of 4096, of version 1 they are 68 bytes that begin with zeros.
 *
 * @returns `IMAGE_FOLLOWED` for anything else
 */
export function whatFollows(file: Uint8Array, { end }: ParsedImage): MkiotError | undefined {
  const at = file.findIndex((byte, at) => at >= end && byte !== 0xff);
  if (at === -1) return undefined;
  const sector = Math.ceil(end / 4096) * 4096;
  const isSector = at === sector && file[at] === 0xe7 && isErased(file.subarray(sector + 4096));
  const hasFooter = file.length - at >= 68 && file.subarray(at, at + 4).every((byte) => byte === 0);
  const isFooter = hasFooter && at === end && isErased(file.subarray(at + 68));
  if (isSector || isFooter) return undefined;
  return imageError('IMAGE_FOLLOWED', { end: toHexOffset(end), offset: toHexOffset(at) });
}

function checksumProblem({ checksum: { offset, stored, computed } }: ParsedImage): MkiotError | undefined {
  if (stored === computed) return undefined;
  const found = toHexOffset(stored);
  return imageError('IMAGE_CHECKSUM', { offset: toHexOffset(offset), found, computed: toHexOffset(computed) });
}

async function hashProblem({ storedHash, hashed }: ParsedImage): Promise<MkiotError | undefined> {
  if (storedHash === undefined || equalBytes(storedHash, await imageHash(hashed))) return undefined;
  return imageError('IMAGE_HASH', { offset: toHexOffset(hashed.length) });
}

function chipProblem(image: ParsedImage, wanted: Chip | undefined): MkiotError | undefined {
  const chip = chipOf(image);
  if (chip === undefined) return imageError('IMAGE_CHIP_UNKNOWN', { found: image.header.chipId });
  if (wanted === undefined || wanted === chip) return undefined;
  return imageError('IMAGE_CHIP_OTHER', { found: chip.label, wanted: wanted.label });
}

/** A maximum of 0 is from before ESP-IDF knew it. */
function revisionProblem({ header: { minRevision, maxRevision } }: ParsedImage): MkiotError | undefined {
  if (maxRevision === 0 || minRevision <= maxRevision) return undefined;
  return imageError('IMAGE_REVISIONS', { min: revisionText(minRevision), max: revisionText(maxRevision) });
}

/** The MMU maps whole pages: in flash and in memory a segment has the same place in its page. */
function placeProblems(image: ParsedImage): readonly MkiotError[] {
  const chip = chipOf(image);
  const pageBits = appDescriptionOf(image)?.mmuPageSize ?? 0;
  const page = pageBits === 0 ? MMU_PAGE_BYTES : 2 ** pageBits;
  return image.segments.flatMap(({ loadAddress, offset }, segment) => {
    const isFlash = memoryTypes(chip, loadAddress).some((type) => type === 'IROM' || type === 'DROM');
    const dataOffset = offset + SEGMENT_HEADER_BYTES;
    if (!isFlash || loadAddress % page === dataOffset % page) return [];
    const places = { address: toHexOffset(loadAddress), offset: toHexOffset(dataOffset) };
    return [imageError('IMAGE_SEGMENT_PLACE', { segment, ...places, bits: Math.log2(page) })];
  });
}
