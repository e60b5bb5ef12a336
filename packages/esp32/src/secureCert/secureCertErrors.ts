import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with a partition of esp_secure_cert. Offsets are those in the partition. */
const MESSAGES = {
  SECURE_CERT_EMPTY: 'The file is empty: there is no esp_secure_cert partition.',
  SECURE_CERT_MAGIC:
    'At offset {offset} is no TLV of esp_secure_cert and no end: it begins with {found} instead of 0xba5eba11. Is the partition encrypted?',
  SECURE_CERT_CRC:
    'The TLV of type {type} at offset {offset} is damaged: its CRC is {found}, that of its bytes {computed}.',
  SECURE_CERT_PADDING: 'The TLV of type {type} is filled up with zeros, but at offset {offset} is another byte.',
  SECURE_CERT_RESERVED: 'The reserved bytes of the TLV at offset {offset} are neither zeros nor 0xff.',
  SECURE_CERT_DUPLICATE:
    'A TLV of type {type} and subtype {subtype} is there twice, the second time at offset {offset}.',
  SECURE_CERT_AFTER_END: 'The TLVs end at offset {end}, but at {offset} there is more than 0xff.',
  SECURE_CERT_LONG: 'The TLV of type {type} has {bytes} bytes; it takes 65535 at most.',
  SECURE_CERT_FULL: 'The TLVs take {bytes} bytes; the partition has {size}.',
  SECURE_CERT_FIELD: 'The {field} of a TLV is a whole number from 0 to 255, not {found}.',
  SECURE_CERT_INTEGRITY:
    'The integrity TLV at offset {offset} is not the SHA-256 of what stands before it: a TLV was changed or left out.',
} as const;

export function secureCertError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
