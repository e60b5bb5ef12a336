import { errorTable } from '@mkiot/core/errors/mkiotError';

export const certificateError = errorTable({
  AUTHORITY_MISSING: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message:
      'There is no certificate authority in "{folder}" ({reason}). "mkiot up" makes one at its first start; is this the ' +
      'right data folder, and are you the user that it belongs to?',
  },
  AUTHORITY_LOST: {
    status: 'DATA_LOSS',
    blame: 'caller',
    message:
      'The certificate authority, "{file}", cannot be used: {reason} Restore it from a backup. Without ' +
      'one: remove the folder "{certificates}"; the next start makes a new authority, which every device has to be given.',
  },
  AUTHORITY_CLOCK_WRONG: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      "This machine's clock says {now}, which is in the past. A certificate authority made now would have ended when the " +
      'clock is right: set it, and start again.',
  },
  OWN_CERTIFICATE_UNREADABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The file "{file}" for the {listener} listener cannot be read ({reason}).',
  },
  OWN_CERTIFICATE_NOT_PEM: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The file "{file}" for the {listener} listener must hold {expected} as PEM, and that cannot be found in it.',
  },
  OWN_CERTIFICATE_KEY_EXPOSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The key file "{file}" for the {listener} listener may be opened by every user (mode {mode}): chmod o= it.',
  },
  OWN_CERTIFICATE_KEY_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The key file "{keyFile}" does not belong to the certificate "{file}" for the {listener} listener. The first ' +
      "certificate in that file must be the server's own.",
  },
  OWN_CERTIFICATE_CHAIN_BROKEN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'In "{file}" for the {listener} listener, certificate {place} ({issuer}) did not issue the one before it. The order ' +
      "is: the server's own, its issuer, the issuer of that, and so on.",
  },
  OWN_CERTIFICATE_EXPIRED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The certificate "{file}" for the {listener} listener ended at {notAfter}. Renew it.',
  },
  OWN_CERTIFICATE_NOT_YET_VALID: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The certificate "{file}" for the {listener} listener is valid from {notBefore} on, and here it is {now}. Is the ' +
      "machine's clock right?",
  },
  OWN_CERTIFICATE_UNSUITABLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The certificate "{file}" for the {listener} listener cannot be used for TLS: {reason}.',
  },
  TRUST_STORE_FAILED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The certificate was written to "{file}", but "{command}" failed. Run it by hand and look at what it says.',
  },
});
