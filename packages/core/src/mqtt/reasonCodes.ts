// MQTT 5.0, section 2.4: reason codes.
import type { PacketTypeName } from './packetTypes.ts';

/**
 * Table 2-6: each reason code with the packets it may stand in. From 0x80 on they are failures. `SUCCESS` is called
 * Normal disconnection in DISCONNECT and Granted QoS 0 in SUBACK.
 */
export const REASON_CODES = {
  SUCCESS: {
    code: 0x00,
    in: ['CONNACK', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'DISCONNECT', 'AUTH'],
  },
  GRANTED_QOS_1: { code: 0x01, in: ['SUBACK'] },
  GRANTED_QOS_2: { code: 0x02, in: ['SUBACK'] },
  DISCONNECT_WITH_WILL_MESSAGE: { code: 0x04, in: ['DISCONNECT'] },
  NO_MATCHING_SUBSCRIBERS: { code: 0x10, in: ['PUBACK', 'PUBREC'] },
  NO_SUBSCRIPTION_EXISTED: { code: 0x11, in: ['UNSUBACK'] },
  CONTINUE_AUTHENTICATION: { code: 0x18, in: ['AUTH'] },
  RE_AUTHENTICATE: { code: 0x19, in: ['AUTH'] },
  UNSPECIFIED_ERROR: { code: 0x80, in: ['CONNACK', 'PUBACK', 'PUBREC', 'SUBACK', 'UNSUBACK', 'DISCONNECT'] },
  MALFORMED_PACKET: { code: 0x81, in: ['CONNACK', 'DISCONNECT'] },
  PROTOCOL_ERROR: { code: 0x82, in: ['CONNACK', 'DISCONNECT'] },
  IMPLEMENTATION_SPECIFIC_ERROR: {
    code: 0x83,
    in: ['CONNACK', 'PUBACK', 'PUBREC', 'SUBACK', 'UNSUBACK', 'DISCONNECT'],
  },
  UNSUPPORTED_PROTOCOL_VERSION: { code: 0x84, in: ['CONNACK'] },
  CLIENT_IDENTIFIER_NOT_VALID: { code: 0x85, in: ['CONNACK'] },
  BAD_USER_NAME_OR_PASSWORD: { code: 0x86, in: ['CONNACK'] },
  NOT_AUTHORIZED: { code: 0x87, in: ['CONNACK', 'PUBACK', 'PUBREC', 'SUBACK', 'UNSUBACK', 'DISCONNECT'] },
  SERVER_UNAVAILABLE: { code: 0x88, in: ['CONNACK'] },
  SERVER_BUSY: { code: 0x89, in: ['CONNACK', 'DISCONNECT'] },
  BANNED: { code: 0x8a, in: ['CONNACK'] },
  SERVER_SHUTTING_DOWN: { code: 0x8b, in: ['DISCONNECT'] },
  // Table 2-6 names DISCONNECT too; section 3.14.2.1, which decides, does not.
  BAD_AUTHENTICATION_METHOD: { code: 0x8c, in: ['CONNACK'] },
  KEEP_ALIVE_TIMEOUT: { code: 0x8d, in: ['DISCONNECT'] },
  SESSION_TAKEN_OVER: { code: 0x8e, in: ['DISCONNECT'] },
  TOPIC_FILTER_INVALID: { code: 0x8f, in: ['SUBACK', 'UNSUBACK', 'DISCONNECT'] },
  TOPIC_NAME_INVALID: { code: 0x90, in: ['CONNACK', 'PUBACK', 'PUBREC', 'DISCONNECT'] },
  PACKET_IDENTIFIER_IN_USE: { code: 0x91, in: ['PUBACK', 'PUBREC', 'SUBACK', 'UNSUBACK'] },
  PACKET_IDENTIFIER_NOT_FOUND: { code: 0x92, in: ['PUBREL', 'PUBCOMP'] },
  RECEIVE_MAXIMUM_EXCEEDED: { code: 0x93, in: ['DISCONNECT'] },
  TOPIC_ALIAS_INVALID: { code: 0x94, in: ['DISCONNECT'] },
  PACKET_TOO_LARGE: { code: 0x95, in: ['CONNACK', 'DISCONNECT'] },
  MESSAGE_RATE_TOO_HIGH: { code: 0x96, in: ['DISCONNECT'] },
  QUOTA_EXCEEDED: { code: 0x97, in: ['CONNACK', 'PUBACK', 'PUBREC', 'SUBACK', 'DISCONNECT'] },
  ADMINISTRATIVE_ACTION: { code: 0x98, in: ['DISCONNECT'] },
  PAYLOAD_FORMAT_INVALID: { code: 0x99, in: ['CONNACK', 'PUBACK', 'PUBREC', 'DISCONNECT'] },
  RETAIN_NOT_SUPPORTED: { code: 0x9a, in: ['CONNACK', 'DISCONNECT'] },
  QOS_NOT_SUPPORTED: { code: 0x9b, in: ['CONNACK', 'DISCONNECT'] },
  USE_ANOTHER_SERVER: { code: 0x9c, in: ['CONNACK', 'DISCONNECT'] },
  SERVER_MOVED: { code: 0x9d, in: ['CONNACK', 'DISCONNECT'] },
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED: { code: 0x9e, in: ['SUBACK', 'DISCONNECT'] },
  CONNECTION_RATE_EXCEEDED: { code: 0x9f, in: ['CONNACK', 'DISCONNECT'] },
  MAXIMUM_CONNECT_TIME: { code: 0xa0, in: ['DISCONNECT'] },
  SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED: { code: 0xa1, in: ['SUBACK', 'DISCONNECT'] },
  WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED: { code: 0xa2, in: ['SUBACK', 'DISCONNECT'] },
} as const;

export type ReasonCodeName = keyof typeof REASON_CODES;

const PLACES: ReadonlyMap<number, readonly PacketTypeName[]> = new Map(
  Object.values(REASON_CODES).map((row) => [row.code, row.in]),
);

/** Whether a packet of this type may carry `code`. DISCONNECT is not asked who sent it. */
export function isReasonCodeOf(packet: PacketTypeName, code: number): boolean {
  return PLACES.get(code)?.includes(packet) ?? false;
}
