import { errorTable } from '@mkiot/core/errors/mkiotError';

/** How an audit ends that is not good; the report has been written by then. */
export const auditError = errorTable({
  AUDIT_FINDINGS: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The audit has findings of severity {severity} or worse: {count}. What to do is in the report.',
  },
  AUDIT_NOT_WHOLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The audit is not whole: {reason}. What was not looked at may be anything.',
  },
});
