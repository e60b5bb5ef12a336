import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  BURN_WRITE_PROTECTED: '{field} is write-protected (WR_DIS bit {bit}) and can not be burned any more.',
  BURN_NO_FIELD: '{chip} has no eFuse {field}. Check the chip, and the name as espefuse writes it.',
  BURN_BLOCK_USED: '{field} holds something already. Its check bits let it be burned only once; take another block.',
  BURN_LOADER_CLOSED:
    '{field} can not be burned by espefuse any more: {closedBy} is burned and has closed the ROM loader.',
} as const;

/** Why an eFuse can not be burned. */
export function burnError(code: keyof typeof MESSAGES, context?: ErrorContext): MkiotError {
  return new MkiotError(code, { status: 'FAILED_PRECONDITION', blame: 'caller', message: MESSAGES[code] }, context);
}
