import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  BASELINE_NOT_JSON: 'The baseline {source} is no JSON: {reason}.',
  BASELINE_FORMAT:
    'The baseline {source} is none that this version reads: it has to be an object with "format": "{format}", "version": {version} and the list "accepted".',
  BASELINE_ENTRY:
    'Entry {entry} of the baseline {source} has no right "{member}": it must be {allowed}. Nothing was accepted.',
  BASELINE_RULE_UNKNOWN: 'Entry {entry} of the baseline {source} is about the rule "{rule}", which there is not.',
} as const;

/** What is wrong with a baseline file. One that is not read as meant would hide findings, so nothing of it is used. */
export function baselineError(code: keyof typeof MESSAGES, context?: ErrorContext, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
