import type { Status } from '@mkiot/core/errors/status';
import { REASON_CODES, type ReasonCodeName } from '@mkiot/core/mqtt/reasonCodes';
import type { CloseReason } from './hooks.ts';

interface Row {
  readonly by: 'CLIENT' | 'SERVER';
  readonly status?: Status;
  /** What MQTT 5.0 calls it. */
  readonly reason?: ReasonCodeName;
  readonly message: string;
}

/** Why the bridge ends a connection. Where users of IoT Core have seen a text, it is that text. */
const ROWS = {
  CLIENT_DISCONNECT: { by: 'CLIENT', message: 'CLIENT: The device sent DISCONNECT.' },
  CONNECTION_LOST: { by: 'CLIENT', status: 'CANCELLED', message: 'CLIENT: The connection ended without DISCONNECT.' },
  DETACHED: { by: 'CLIENT', message: 'CLIENT: The gateway detached the device.' },
  GATEWAY_GONE: {
    by: 'CLIENT',
    message: 'CLIENT: The connection of the gateway ended, and the device was attached to it.',
  },
  TAKEN_OVER: {
    by: 'SERVER',
    status: 'ALREADY_EXISTS',
    reason: 'SESSION_TAKEN_OVER',
    message: 'SERVER: The connection was closed because there is another active connection with the same device ID.',
  },
  KEEP_ALIVE_EXPIRED: {
    by: 'SERVER',
    status: 'DEADLINE_EXCEEDED',
    reason: 'KEEP_ALIVE_TIMEOUT',
    message: 'SERVER: The connection was closed because MQTT keep-alive check failed.',
  },
  IDLE: {
    by: 'SERVER',
    status: 'DEADLINE_EXCEEDED',
    reason: 'KEEP_ALIVE_TIMEOUT',
    message: 'SERVER: The connection was closed because the device sent nothing for too long.',
  },
  SHUTTING_DOWN: {
    by: 'SERVER',
    status: 'UNAVAILABLE',
    reason: 'SERVER_SHUTTING_DOWN',
    message: 'SERVER: The connection is closed because the server is shutting down.',
  },
  PROTOCOL_VIOLATION: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    reason: 'PROTOCOL_ERROR',
    message: 'SERVER: The connection was closed because the device broke the MQTT protocol.',
  },
  QOS_2: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    reason: 'QOS_NOT_SUPPORTED',
    message: 'SERVER: The connection was closed because the device published at QoS 2. Publish at QoS 0 or 1.',
  },
  TOPIC_NOT_ALLOWED: {
    by: 'SERVER',
    status: 'PERMISSION_DENIED',
    reason: 'NOT_AUTHORIZED',
    message: 'SERVER: The connection was closed because the device published to a topic that is not its own.',
  },
  RETAINED: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    reason: 'RETAIN_NOT_SUPPORTED',
    message: 'SERVER: The connection was closed because the device published with RETAIN, which CONNACK had excluded.',
  },
  RECEIVE_MAXIMUM_EXCEEDED: {
    by: 'SERVER',
    status: 'RESOURCE_EXHAUSTED',
    reason: 'RECEIVE_MAXIMUM_EXCEEDED',
    message: 'SERVER: The connection was closed because the device did not wait for PUBACKs as CONNACK had asked.',
  },
  TOPIC_ALIAS_INVALID: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    reason: 'TOPIC_ALIAS_INVALID',
    message: 'SERVER: The connection was closed because a topic alias is higher than CONNACK had allowed.',
  },
  NOT_STORED: {
    by: 'SERVER',
    status: 'UNAVAILABLE',
    reason: 'SERVER_BUSY',
    message:
      'SERVER: The connection was closed because its session could not be stored; the log of the server says more.',
  },
  NOT_READING: {
    by: 'SERVER',
    status: 'RESOURCE_EXHAUSTED',
    reason: 'QUOTA_EXCEEDED',
    message: 'SERVER: The connection was closed because the device does not read what is sent to it.',
  },
  BRIDGE_FAILED: {
    by: 'SERVER',
    status: 'INTERNAL',
    reason: 'UNSPECIFIED_ERROR',
    message: 'SERVER: The connection was closed because of a fault in the server; its log says more.',
  },
  WORKER_LOST: {
    by: 'SERVER',
    status: 'UNAVAILABLE',
    message:
      'SERVER: The connection was lost because the worker that carried it has failed; the log of the server says more.',
  },
  CONNECT_TIMEOUT: { by: 'SERVER', status: 'DEADLINE_EXCEEDED', message: 'SERVER: No CONNECT came in time.' },
  LOGIN_TIMEOUT: { by: 'SERVER', status: 'DEADLINE_EXCEEDED', message: 'SERVER: The login took too long to decide.' },
  NOT_OFFERED: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    message: 'SERVER: The CONNECT asked for something that is not offered here.',
  },
  WILL_TOPIC: {
    by: 'SERVER',
    status: 'PERMISSION_DENIED',
    reason: 'TOPIC_NAME_INVALID',
    message:
      'SERVER: The login was refused because of the topic of its will: a device leaves one on its own events topic or below it.',
  },
  PACKET_REFUSED: {
    by: 'CLIENT',
    status: 'INVALID_ARGUMENT',
    message: 'CLIENT: The device takes no packet as long as the answer to it.',
  },
  LOGIN_REFUSED: { by: 'SERVER', status: 'UNAUTHENTICATED', message: 'SERVER: The login was refused.' },
  RENEWAL_REFUSED: {
    by: 'SERVER',
    status: 'UNAUTHENTICATED',
    message: 'SERVER: The re-authentication was refused.',
  },
  LOGIN_OVERTAKEN: {
    by: 'SERVER',
    status: 'ALREADY_EXISTS',
    message: 'SERVER: A later connection of the device logged in first.',
  },
} as const satisfies Readonly<Record<string, Row>>;

export type CloseCode = keyof typeof ROWS;

/** What a DISCONNECT says of reasons that the domain gives: they have a status only. */
const REASON_BY_STATUS: { readonly [Name in Status]?: ReasonCodeName } = {
  UNAUTHENTICATED: 'NOT_AUTHORIZED',
  PERMISSION_DENIED: 'NOT_AUTHORIZED',
  NOT_FOUND: 'ADMINISTRATIVE_ACTION',
  INVALID_ARGUMENT: 'IMPLEMENTATION_SPECIFIC_ERROR',
  RESOURCE_EXHAUSTED: 'MESSAGE_RATE_TOO_HIGH',
  UNAVAILABLE: 'SERVER_BUSY',
};

/** Made once: every session has some of them at hand. */
const REASONS = Object.fromEntries(
  Object.entries<Row>(ROWS).map(([code, { by, status, reason, message }]): [string, CloseReason] => [
    code,
    {
      code,
      by,
      message,
      ...(status === undefined ? {} : { status }),
      ...(reason === undefined ? {} : { reasonCode: REASON_CODES[reason].code }),
    },
  ]),
) as Readonly<Record<CloseCode, CloseReason>>;

/** The reason with this code; `detail` is a sentence more, `reasonCode` what MQTT 5.0 calls it if not as usual. */
export function closeReason(code: CloseCode, detail?: string, reasonCode?: number): CloseReason {
  const usual = REASONS[code];
  const detailed = detail === undefined ? usual : { ...usual, message: `${usual.message} ${detail}` };
  return reasonCode === undefined ? detailed : { ...detailed, reasonCode };
}

/** What a DISCONNECT of MQTT 5.0 says. A session that has just lasted long enough has no status: 0xA0. */
export function disconnectReasonCode({ reasonCode, status }: CloseReason): number {
  if (reasonCode !== undefined) return reasonCode;
  const name = status === undefined ? 'MAXIMUM_CONNECT_TIME' : (REASON_BY_STATUS[status] ?? 'UNSPECIFIED_ERROR');
  return REASON_CODES[name].code;
}
