import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with signed images and with what signs them. Offsets are those in the file. */
const MESSAGES = {
  SECURE_BOOT_IMAGE_EMPTY: 'The image is empty.',
  SECURE_BOOT_NOT_SIGNED: 'The file has no signature: {reason}.',
  SECURE_BOOT_ALREADY_SIGNED: 'The image ends in signatures already. Add to them, or sign the image as it was built.',
  SECURE_BOOT_TOO_MANY_KEYS: 'That would be {blocks} signatures; an image has room for 3.',
  SECURE_BOOT_KEY_UNFIT: 'The key is {found}; secure boot {version} takes {allowed}.',
  SECURE_BOOT_SIGNATURE_UNFIT:
    'What signs has not signed with this key: its signature of {bytes} bytes does not verify.',
  SIGNATURE_BLOCK_MAGIC: 'Signature block {block} at offset {offset} begins with {found} instead of 0xe7.',
  SIGNATURE_BLOCK_CRC:
    'Signature block {block} at offset {offset} is damaged: its CRC is {found}, that of its bytes {crc}.',
  SIGNATURE_BLOCK_UNKNOWN: 'Signature block {block} at offset {offset} is of an unknown kind: {field} {found}.',
  SIGNATURE_BLOCK_WRONG: 'Signature block {block} contradicts itself at offset {offset}, in its key or its padding.',
  SIGNATURE_BLOCK_BEHIND_EMPTY:
    'There are bytes at offset {offset}, where the signature sector has to be empty (0xff).',
  SIGNATURE_DIGEST_WRONG: 'Signature block {block} was made for another image: its digest is not that of this one.',
  SIGNATURE_WRONG: 'The signature in block {block} was not made by its key, or the image was changed.',
  SECURE_BOOT_V1_VERSION: 'The signature at offset {offset} has version {found}; version 0 is known.',
  SECURE_BOOT_V1_SIGNATURE_WRONG:
    'The signature at offset {offset} was not made by this key, or the image was changed.',
  SECURE_BOOT_V1_KEY_LENGTH:
    'The key has {bytes} bytes; the digest of secure boot v1 takes 32, or 24 for coding scheme 3/4.',
  SECURE_BOOT_V1_IV_LENGTH: 'The IV has {bytes} bytes; it takes 128.',
  SECURE_BOOT_V1_PUBLIC_KEY: 'The raw public key is no 64 bytes X and Y of a point on P-256.',
  SECURE_BOOT_V1_NOT_IMAGE: 'This is no bootloader image: it begins with {found} instead of 0xe9.',
} as const;

export function secureBootError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
