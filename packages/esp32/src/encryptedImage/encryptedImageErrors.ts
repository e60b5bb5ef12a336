import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with a pre-encrypted image or its key. */
const MESSAGES = {
  ENCRYPTED_IMAGE_MAGIC: 'This is no pre-encrypted image: it begins with {found} instead of cfb68807.',
  ENCRYPTED_IMAGE_SIZE:
    'The header at offset 0x194 names {named} bytes of image, but {found} follow it. Is the file cut short?',
  ENCRYPTED_IMAGE_RESERVED: 'The reserved byte at offset {offset} is not zero.',
  ENCRYPTED_IMAGE_EMPTY: 'There is no image: the file is empty.',
  ENCRYPTED_IMAGE_KEY_UNFIT: 'The key is {found}; pre-encrypted images take RSA of 3072 bit, or P-256.',
  ENCRYPTED_IMAGE_NOT_OPENED: 'The image cannot be decrypted: it is damaged, or was made for another key or scheme.',
  ENCRYPTED_IMAGE_HMAC_KEY: 'The HMAC key has {bytes} bytes; it takes 32. For a PEM file: it is damaged.',
} as const;

export function encryptedImageError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
