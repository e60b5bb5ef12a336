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
  SECURE_CERT_CSV_HEADER: 'The first line of the CSV lacks the column "{missing}" of configure_esp_secure_cert.py.',
  SECURE_CERT_CSV_CELL: 'Line {line} of the CSV: {column} has to be {expected}.',
  SECURE_CERT_CSV_KEY_TYPE:
    'Line {line} of the CSV has a key for a peripheral (rsa_ds or ecdsa_peripheral): its other half is a key in the eFuses, which configure_esp_secure_cert.py burns. Only plaintext can be imported; better, let the device make its key.',
  SECURE_CERT_CSV_CERTIFICATE:
    'Line {line} of the CSV: {found} certificates are in the PEM, or it is damaged. A TLV holds one; give each of a chain its own subtype.',
  SECURE_CERT_CSV_KEY: 'Line {line} of the CSV has no private key that can be stored. {reason}',
} as const;

export function secureCertError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
