import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with an image. Offsets are those in the file. */
const MESSAGES = {
  IMAGE_MAGIC:
    'This is no image: it begins with {found} instead of 0xe9. Is it encrypted, or cut out at another offset?',
  IMAGE_SEGMENT_COUNT: 'The image has {found} segments at offset {offset}; it takes 1 to 16.',
  IMAGE_HASH_FLAG: 'The flag for an appended hash at offset {offset} is {found}; it is 0 or 1.',
  IMAGE_SEGMENT_LENGTH:
    'Segment {segment} has {found} bytes, by its header at offset {offset}; it takes a multiple of 4 below 16 MB.',
  IMAGE_PADDING: 'Between segments and checksum there are zeros, but at offset {offset} is {found}.',
  IMAGE_FIELD: 'The {field} of an image is a whole number from 0 to {max}, not {found}.',
  IMAGE_CHECKSUM: 'The checksum at offset {offset} is {found}, that of the segments {computed}: the image is damaged.',
  IMAGE_HASH: 'The hash at offset {offset} is not that of the image: it is damaged, or was changed after it was built.',
  IMAGE_CHIP_UNKNOWN: 'The image is for a chip with the id {found}, which is not known.',
  IMAGE_CHIP_OTHER: 'The image is for {found}, not for {wanted}.',
  IMAGE_REVISIONS: 'The image takes chips from revision {min} up to {max}: there is none.',
  IMAGE_SEGMENT_PLACE:
    'Segment {segment} is mapped to {address}, but its data lie at offset {offset}: the two have to agree in the lowest {bits} bits.',
  IMAGE_FOLLOWED: 'The image ends at offset {end}, but from {offset} on there is something that is no signature.',
  DESCRIPTION_TEXT: 'The {field} in the description at offset {offset} is no UTF-8 text filled up with zeros.',
  DESCRIPTION_FIELD: 'The {field} of a description takes {bytes} bytes, not {found}.',
  SECURE_PADDING_HASH: 'An image is padded for secure boot only with its hash appended.',
  SECURE_PADDING_SEGMENTS: 'The image has 16 segments already: there is no room for the padding.',
} as const;

export function imageError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
