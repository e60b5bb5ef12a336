import { errorTable } from '@mkiot/core/errors/mkiotError';

export const demoError = errorTable({
  DEMO_STEP_FAILED: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'Step {number}, "{title}", failed: {reason}',
  },
  DEMO_NOT_SEEN: {
    status: 'DEADLINE_EXCEEDED',
    blame: 'us',
    message: '{what} did not happen within {seconds} s.',
  },
  DEMO_MISSING: {
    status: 'INTERNAL',
    blame: 'us',
    message: '{what} is not in {where}.',
  },
  DEMO_OTHERWISE: {
    status: 'INTERNAL',
    blame: 'us',
    message: '{what}: found {found}, expected {expected}.',
  },
});

/** Stops the step unless `found` is what the step promises to show. */
export function expectEqual<Value extends string | number | boolean | undefined>(
  what: string,
  found: Value,
  expected: Value,
): void {
  if (found !== expected) throw demoError('DEMO_OTHERWISE', { what, found: String(found), expected: String(expected) });
}
