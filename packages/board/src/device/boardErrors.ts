import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  DEVICE_NAME_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '"{name}" is not the name of a device. It has the form {form} and ends in the id, not the numeric id.',
  },
  TOKEN_LIFETIME_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A token life of {tokenLifetimeMs} ms is not possible: it is between 1 second and 24 hours.',
  },

  CONNECT_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message: 'The server refused the login: {meaning} ({number}). Its log says why, under the device id.',
  },
  TICKET_REFUSED: {
    status: 'UNAUTHENTICATED',
    blame: 'peer',
    message:
      'The platform refused the enrolment ticket of this device; its log says why. If the device is enrolled and the answer got lost, it logs in; else give it a new ticket.',
  },
  CONNECT_TIMED_OUT: {
    status: 'DEADLINE_EXCEEDED',
    blame: 'peer',
    message: 'There was no CONNACK within {timeoutMs} ms of beginning to connect.',
  },
  PING_TIMED_OUT: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'Nothing came for {timeoutMs} ms after a PINGREQ: the network or the server is gone.',
  },
  ANSWER_TIMED_OUT: {
    status: 'DEADLINE_EXCEEDED',
    blame: 'peer',
    message: 'The server left the {packet} with packet identifier {packetId} without an answer for {timeoutMs} ms.',
  },
  SERVER_CLOSED: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server closed the connection and said no reason; its log has it.',
  },
  SERVER_DISCONNECTED: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server ended the session: {meaning} ({number}).',
  },
  PUBLISH_REFUSED: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server did not take a message: {meaning} ({number}). It is kept and sent again.',
  },
  SERVER_TAKES_LESS: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message: 'A {packet} of {bytes} bytes is more than the server takes in one packet: {maximumPacketSizeBytes} bytes.',
  },
  CONNECTION_BROKEN: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The connection broke: {detail}.',
  },
  CONNECTION_ENDED: {
    status: 'CANCELLED',
    blame: 'us',
    message: 'This device ended the connection.',
  },
  PACKET_UNEXPECTED: {
    status: 'INTERNAL',
    blame: 'peer',
    message: 'The server sent a {packet} that MQTT does not allow here: {detail}.',
  },
  SUBSCRIPTION_REFUSED: {
    status: 'PERMISSION_DENIED',
    blame: 'peer',
    message: 'The server refused the subscription to {filter}.',
  },

  OUTBOX_MESSAGE_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A message of {bytes} bytes can never be stored or sent: the limit is {maxBytes} bytes.',
  },
  OUTBOX_NEWER: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The stored outbox has format {format}, which only newer firmware knows: run that. Nothing was changed.',
  },

  DOCUMENT_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {document} has {bytes} bytes; this device takes at most {maxBytes}.',
  },
  DOCUMENT_NOT_JSON: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The {document} is not JSON in UTF-8.',
  },
  MEMBER_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{path} must be {expected}; it is {found}.',
  },
  MEMBER_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{path} is missing; it must be {expected}.',
  },
  MEMBER_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{path} is not known to this firmware. Known here: {known}.',
  },
  COMMAND_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'There is no command "{command}". Known here: {known}. Send JSON such as {example}.',
  },
  THRESHOLD_AMBIGUOUS: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{path} needs exactly one of "above" and "below".',
  },
} as const;

/** The errors of a device, from its connection to the config it is sent. */
export const boardError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
