import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  PLAN_UNREACHABLE:
    'The profile {profile} can not be reached from this chip: {field} stands in the way. {reason} Take another chip, or another profile.',
  PLAN_SILICON:
    'The profile {profile} needs secure boot version 2, which {chip} has from revision {from} on; this one is of revision {found}. Take newer silicon.',
  PLAN_KEY_BITS: '{chip} takes no flash key of {bits} bits with the profile {profile}. It takes {allowed}.',
  PLAN_WRONG_ORDER:
    'In this order the step {step} fails for ever: {reason} Nothing was burned; put {step} before the step that closes it.',
  PLAN_UNKNOWN_STEP: 'The order names {step}, which is no step of this plan. Its burns are: {steps}.',
  PLAN_MISSING_STEP: 'The order leaves out {step}. Name every burn of this plan once: {steps}.',
} as const;

/** Why there is no plan. Nothing was burned. */
export function planError(code: keyof typeof MESSAGES, context?: ErrorContext, cause?: unknown): MkiotError {
  return new MkiotError(
    code,
    { status: 'FAILED_PRECONDITION', blame: 'caller', message: MESSAGES[code] },
    context,
    cause,
  );
}
