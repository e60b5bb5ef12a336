import { MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  FLASH_DUMP_EMPTY: 'The flash dump is empty. Read the flash again, from address 0 to its end.',
} as const;

/** What can be wrong with a dump as a whole. */
export function flashDumpError(code: keyof typeof MESSAGES): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] });
}
