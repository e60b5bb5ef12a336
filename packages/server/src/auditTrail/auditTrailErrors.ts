import { errorTable } from '@mkiot/core/errors/mkiotError';

export const auditTrailError = errorTable({
  AUDIT_KEY_UNFIT: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The key of the audit trail must be {expected} bytes long, it is {found}.',
  },
  AUDIT_OUTSIDE_TRANSACTION: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The change "{action}" of {resource} must be recorded in its own transaction: it was given none.',
  },
  AUDIT_HEAD_MALFORMED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The expected head of the audit trail is not one: a head is a sequence number, a colon and 64 hexadecimal ' +
      'digits, as "mkiot audit-trail head" and the hourly export write it.',
  },
  AUDIT_PAGE_TOKEN_MALFORMED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The pageToken is none of this list. Give the nextPageToken of the page before, or none for the first page.',
  },
});
