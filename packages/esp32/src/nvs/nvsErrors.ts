import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with an NVS partition, its keys, or the CSV of one. No sentence holds a value or a byte of a key. */
const MESSAGES = {
  NVS_LENGTH: 'An NVS partition is one or more pages of 4096 bytes; the file has {bytes} bytes.',
  NVS_UNKNOWN:
    'This is no NVS partition: no page has a right header, the first that is not erased is at offset {offset}. Is the flash encrypted?',
  NVS_ENCRYPTED:
    'The NVS partition is encrypted: {damaged} entries are written and none can be read, the first at offset {offset}. Its keys are needed.',
  NVS_KEYS_WRONG:
    'Decrypted with these keys, none of the {damaged} entries can be read, the first is at offset {offset}: they are other keys, or the partition was not encrypted.',
  NVS_ENTRY_DAMAGED: 'The entry at offset {offset} is damaged: its CRC or its length is wrong.',
  NVS_PAGE_DAMAGED: 'The header of the page at offset {offset} is damaged: its CRC or its state is wrong.',
  NVS_VALUE_DAMAGED: 'The value of the entry at offset {offset} is damaged: its CRC or its length is wrong.',
  NVS_BLOB_INCOMPLETE: 'Of the blob at offset {offset} only {found} of {expected} bytes are there.',
  NVS_TYPE_UNKNOWN: 'The entry at offset {offset} has the unknown type {found}.',
  NVS_TEXT: 'The string at offset {offset} is no UTF-8 that ends in a zero.',
  NVS_KEY_TEXT: 'The entry at offset {offset} has a key that is not 1 to 15 characters followed by zeros.',
  NVS_KEYS_LENGTH: 'A partition of NVS keys has a multiple of 4096 bytes; the file has {bytes}.',
  NVS_KEYS_ERASED: 'The partition of NVS keys is erased: the device makes keys when it first opens NVS.',
  NVS_KEYS_RAW:
    'These are no keys but what the device writes before it reads its keys back through flash encryption: decrypt the partition with the flash key.',
  NVS_KEYS_CRC:
    'The CRC of the NVS keys at offset {offset} is wrong: the file is no partition of NVS keys, is damaged, or is encrypted itself.',
  NVS_HMAC_KEY_LENGTH: 'The HMAC key has {bytes} bytes; it takes 32.',
  NVS_SIZE: 'An NVS partition takes a multiple of 4096 bytes, not {size}.',
  NVS_FULL: 'The values do not fit into {size} bytes: at "{key}" the partition is full. Give it a larger size.',
  NVS_VALUE_LONG: 'The value of "{key}" has {bytes} bytes; a {type} takes {max} here.',
  NVS_INTEGER: 'The value of "{key}" is no {type}: it takes {min} to {max}.',
  NVS_NAME: '"{name}" is no name for NVS: it takes 1 to 15 bytes and no zero.',
  NVS_NAMESPACES: 'There are more than 254 namespaces.',
  NVS_NO_NAMESPACE: '"{key}" stands before any namespace.',
  NVS_DUPLICATE: '"{key}" is there twice in namespace "{namespace}".',
  NVS_CSV_HEADER: 'The first line of the CSV is "{found}"; it has to be "key,type,encoding,value".',
  NVS_CSV_CELLS: 'Line {line} of the CSV has {found} cells; it takes key, type, encoding and value.',
  NVS_CSV_TYPE: 'Line {line} of the CSV has the type "{found}"; it takes namespace, data or file.',
  NVS_CSV_ENCODING:
    'Line {line} of the CSV has the encoding "{found}"; it takes {allowed}, blob_fill(LENGTH;0xNN) or blob_sz_fill(LENGTH;0xNN).',
  NVS_CSV_VALUE: 'The value in line {line} of the CSV is not what its encoding {encoding} takes: {expected}.',
} as const;

export function nvsError(code: keyof typeof MESSAGES, context: ErrorContext = {}, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
