import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with a request to encrypt or decrypt flash. No sentence holds a byte of a key or of the data. */
const MESSAGES = {
  FLASH_KEY_LENGTH_WRONG:
    'The key has {bytes} bytes; {scheme} takes {allowed}. Is it the raw key file, as espsecure or the eFuse tool takes it?',
  FLASH_ADDRESS_WRONG:
    'The flash address {address} is not a multiple of 16 from 0 to 0xfffffff0: flash is encrypted in blocks of 16 bytes.',
  FLASH_DATA_LENGTH_WRONG:
    'There are {bytes} bytes, but encrypted flash is whole blocks of 16; the last one ends at offset {end}. Is the file cut?',
  FLASH_DATA_EMPTY: 'There is no data: the input is empty.',
  FLASH_DATA_TOO_LONG:
    '{bytes} bytes from flash address {address} on would end behind the largest address, 0xffffffff.',
  FLASH_CRYPT_CONFIG_WRONG: 'FLASH_CRYPT_CONFIG is {value}; the eFuse has four bits: 0 to 15.',
} as const;

export function flashEncryptionError(code: keyof typeof MESSAGES, context: ErrorContext = {}): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
