import { errorTable } from '@mkiot/core/errors/mkiotError';

export const httpError = errorTable({
  PERMISSION_MISSING: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message: 'This call needs the permission {permission}, which the token does not give here.',
  },
  ROUTE_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'There is nothing here for {method}. The calls there are stand in /openapi.json.',
  },
  PATH_NOT_PERCENT_ENCODED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The path is not percent-encoded UTF-8. Encode each of its segments; a "%" in an id becomes "%25".',
  },
  BODY_NOT_JSON: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The body of the request is not JSON in UTF-8.',
  },
  BODY_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The body of the request is longer than {max} bytes.',
  },
  BODY_ENCODING_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The Content-Encoding of the request is not known here. Send the body as it is, or with gzip.',
  },
  BODY_NOT_GZIP: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The Content-Encoding of the request is gzip, and its body is not.',
  },
  REQUEST_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {part} of the request is wrong{where}: {problem}.',
  },
  ORIGIN_FORBIDDEN: {
    status: 'PERMISSION_DENIED',
    blame: 'caller',
    message:
      'This address serves this machine only: the Host and the Origin of a request must be localhost, 127.0.0.1 or ' +
      '[::1] with its port. From elsewhere use HTTPS.',
  },
  INTERNAL: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The server failed at this request. Its log says why, under the id {errorId}.',
  },
  SHARED_PORT_NEEDS_NODE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The setting shared.enabled is on, and MkIoT runs on Bun, whose HTTP server cannot take over the connections of a ' +
      'shared port without losing its time limits. Switch it off, or start MkIoT on Node.',
  },
  LISTEN_FAILED: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message: 'The server cannot listen on {address}: {reason}. {remedy}, or choose another one in the settings.',
  },
});
