import { type ErrorContext, MkiotError } from '../errors/mkiotError.ts';

/** What can be wrong with the bytes of a unit record. */
const MESSAGES = {
  UNIT_RECORD_TOO_LONG: 'The unit record has {bytes} bytes; more than {max} are not looked at.',
  UNIT_RECORD_NOT_JSON:
    'The unit record is not a JSON object in UTF-8. Send the bytes that the station signed, unchanged.',
  UNIT_RECORD_VERSION_UNKNOWN:
    'The unit record is not of the type and version {expected}. Station and server must speak the same one.',
  UNIT_RECORD_MEMBER_UNFIT: 'The member {member} of the unit record is missing or wrong: it must be {expected}.',
  UNIT_RECORD_NOT_CANONICAL:
    'The unit record is not in its one form, RFC 8785. Send the bytes that the station signed.',
} as const;

export type UnitRecordErrorCode = keyof typeof MESSAGES;

/** A record from outside that is refused is a normal result: these are returned, and thrown only by writers. */
export function unitRecordError(code: UnitRecordErrorCode, context?: ErrorContext): MkiotError {
  const row = { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] } as const;
  return new MkiotError(code, row, context);
}
