import type { Status } from '@mkiot/core/errors/status';
import type { CloseReason } from './hooks.ts';

interface Row {
  readonly by: 'CLIENT' | 'SERVER';
  readonly status?: Status;
  readonly message: string;
}

/** Why the bridge ends a connection. Where users of IoT Core have seen a text, it is that text. */
const ROWS = {
  CLIENT_DISCONNECT: { by: 'CLIENT', message: 'CLIENT: The device sent DISCONNECT.' },
  CONNECTION_LOST: { by: 'CLIENT', status: 'CANCELLED', message: 'CLIENT: The connection ended without DISCONNECT.' },
  TAKEN_OVER: {
    by: 'SERVER',
    status: 'ALREADY_EXISTS',
    message: 'SERVER: The connection was closed because there is another active connection with the same device ID.',
  },
  KEEP_ALIVE_EXPIRED: {
    by: 'SERVER',
    status: 'DEADLINE_EXCEEDED',
    message: 'SERVER: The connection was closed because MQTT keep-alive check failed.',
  },
  IDLE: {
    by: 'SERVER',
    status: 'DEADLINE_EXCEEDED',
    message: 'SERVER: The connection was closed because the device sent nothing for too long.',
  },
  SHUTTING_DOWN: {
    by: 'SERVER',
    status: 'UNAVAILABLE',
    message: 'SERVER: The connection is closed because the server is shutting down.',
  },
  PROTOCOL_VIOLATION: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    message: 'SERVER: The connection was closed because the device broke the MQTT protocol.',
  },
  QOS_2: {
    by: 'SERVER',
    status: 'INVALID_ARGUMENT',
    message: 'SERVER: The connection was closed because the device published at QoS 2. Publish at QoS 0 or 1.',
  },
  TOPIC_NOT_ALLOWED: {
    by: 'SERVER',
    status: 'PERMISSION_DENIED',
    message: 'SERVER: The connection was closed because the device published to a topic that is not its own.',
  },
  NOT_READING: {
    by: 'SERVER',
    status: 'RESOURCE_EXHAUSTED',
    message: 'SERVER: The connection was closed because the device does not read what is sent to it.',
  },
  BRIDGE_FAILED: {
    by: 'SERVER',
    status: 'INTERNAL',
    message: 'SERVER: The connection was closed because of a fault in the server; its log says more.',
  },
  CONNECT_TIMEOUT: { by: 'SERVER', status: 'DEADLINE_EXCEEDED', message: 'SERVER: No CONNECT came in time.' },
  LOGIN_TIMEOUT: { by: 'SERVER', status: 'DEADLINE_EXCEEDED', message: 'SERVER: The login took too long to decide.' },
  LOGIN_REFUSED: { by: 'SERVER', status: 'UNAUTHENTICATED', message: 'SERVER: The login was refused.' },
  LOGIN_OVERTAKEN: {
    by: 'SERVER',
    status: 'ALREADY_EXISTS',
    message: 'SERVER: A later connection of the device logged in first.',
  },
} as const satisfies Readonly<Record<string, Row>>;

export type CloseCode = keyof typeof ROWS;

/** The reason with this code; `detail` is a sentence more. */
export function closeReason(code: CloseCode, detail?: string): CloseReason {
  const row: Row = ROWS[code];
  return detail === undefined ? { code, ...row } : { code, ...row, message: `${row.message} ${detail}` };
}
