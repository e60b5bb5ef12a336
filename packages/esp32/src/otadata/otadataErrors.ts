import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  OTADATA_LENGTH: 'OTA data take two sectors, {expected} bytes; this has {found}. Read the whole partition.',
  OTADATA_DAMAGED:
    'Neither copy of the OTA data is right: at {first} and at {second} the CRC does not fit the sequence number. Is the partition encrypted, or another one?',
  OTADATA_LABEL: 'The label of OTA data is {found} bytes; it takes {expected}.',
} as const;

/** What is wrong with OTA data. */
export function otadataError(code: keyof typeof MESSAGES, context?: ErrorContext, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
