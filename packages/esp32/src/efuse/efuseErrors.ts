import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  EFUSE_FILE_UNKNOWN:
    'This is no eFuse file: {bytes} bytes are no dump or emulator file, and there is no summary of espefuse.',
  EFUSE_CHIP_NEEDED: 'This may be of {candidates}, which look alike here. Say which chip it is with --chip.',
  EFUSE_WRONG_CHIP: 'This is of {found}, not of {expected}. Give the chip that it was read from.',
  EFUSE_WRONG_LENGTH: 'eFuses of {chip} take {expected} bytes; this has {found}. It is cut, or of another chip.',
  EFUSE_NOT_READ: 'All {bytes} bytes are 0xff: nothing was read from the chip. Check the connection and read again.',
  EFUSE_LEFT_OVER: 'The eFuses end at offset {offset}; after them only zeros may follow, but at {found} there is more.',
  EFUSE_CODING_UNSUPPORTED:
    'CODING_SCHEME at offset {offset} is {scheme}, but the blocks after it have {blockBytes} bytes each.',
  EFUSE_CODING_BROKEN: 'The {coding} coding is broken at offset {offset}: the check bytes do not fit the data.',
  EFUSE_DUMP_ORDER:
    'At line {line} of the dump is block {found} where block {expected} has to be. Give one whole dump alone.',
  EFUSE_SUMMARY_CUT: 'The summary has no {field}, so it is cut short or no summary of espefuse.',
  EFUSE_SUMMARY_FIELD_TWICE: 'The summary has {field} twice, at line {line} again. Give one summary alone.',
  EFUSE_SUMMARY_VALUE: 'At {where} of the summary, the value of {field} is not {expected}.',
  EFUSE_SUMMARY_JSON: 'The file begins like JSON, but is not the JSON of "espefuse summary": {reason}.',
} as const;

/** What is wrong with a file of eFuses. No error carries the value of a field: it may be a key. */
export function efuseError(code: keyof typeof MESSAGES, context?: ErrorContext, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
