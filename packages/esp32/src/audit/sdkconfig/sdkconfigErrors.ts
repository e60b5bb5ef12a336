import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  SDKCONFIG_LINE:
    'Line {line} of the sdkconfig is no setting and no comment. Give the file "sdkconfig" as "idf.py menuconfig" wrote it.',
  SDKCONFIG_EMPTY: 'There is not one setting of the form CONFIG_NAME=value in it, so it is no sdkconfig.',
} as const;

/** What is wrong with a file of settings. */
export function sdkconfigError(code: keyof typeof MESSAGES, context?: ErrorContext): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context);
}
