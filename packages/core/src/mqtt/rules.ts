/**
 * What MQTT 3.1.1 (OASIS, 29 October 2014) forbids in a packet, as far as one packet alone can break it, in the order of
 * the document. `says` is what somebody reads who has to mend the other side.
 */
export const RULES = {
  UTF8_ILL_FORMED: { section: 'MQTT-1.5.3-1', says: 'a string is not well-formed UTF-8' },
  UTF8_NUL: { section: 'MQTT-1.5.3-2', says: 'a string contains the character U+0000' },
  STRING_TOO_LONG: { section: '1.5.3', says: 'a string or binary field is longer than 65,535 bytes' },
  TYPE_FORBIDDEN: { section: '2.2.1', says: 'packet types 0 and 15 are forbidden' },
  FLAGS_RESERVED: { section: 'MQTT-2.2.2-2', says: 'the reserved flags of the fixed header have another value' },
  REMAINING_LENGTH: { section: '2.2.3', says: 'the remaining length has more than four bytes' },
  BODY_SHORT: { section: '2.2.3', says: 'the packet ends before its last field' },
  BODY_LONG: { section: '2.2.3', says: 'bytes are left over after the last field' },
  PACKET_ID: { section: 'MQTT-2.3.1-1', says: 'the packet identifier is not a number from 1 to 65,535' },
  CONNECT_FLAG_RESERVED: { section: 'MQTT-3.1.2-3', says: 'the reserved connect flag is set' },
  WILL_QOS_WITHOUT_WILL: { section: 'MQTT-3.1.2-13', says: 'there is a will QoS but no will' },
  WILL_QOS: { section: 'MQTT-3.1.2-14', says: 'the will QoS is neither 0, 1 nor 2' },
  WILL_RETAIN_WITHOUT_WILL: { section: 'MQTT-3.1.2-15', says: 'will retain is set but there is no will' },
  KEEP_ALIVE: { section: '3.1.2.10', says: 'the keep-alive is not a whole number of seconds from 0 to 65,535' },
  PASSWORD_WITHOUT_USER_NAME: { section: 'MQTT-3.1.2-22', says: 'there is a password but no user name' },
  CLIENT_ID_EMPTY: { section: 'MQTT-3.1.3-7', says: 'an empty client identifier needs a clean session' },
  CONNACK_FLAGS: { section: '3.2.2.1', says: 'a reserved acknowledge flag is set' },
  SESSION_PRESENT: { section: 'MQTT-3.2.2-4', says: 'session present is set though the connection is refused' },
  RETURN_CODE: { section: '3.2.2.3', says: 'the return code is reserved' },
  PUBLISH_DUP: { section: 'MQTT-3.3.1-2', says: 'DUP is set at QoS 0' },
  PUBLISH_QOS: { section: 'MQTT-3.3.1-4', says: 'the QoS is neither 0, 1 nor 2' },
  TOPIC_WILDCARD: { section: 'MQTT-3.3.2-2', says: 'the topic name contains a wildcard' },
  SUBSCRIBE_EMPTY: { section: 'MQTT-3.8.3-3', says: 'there is no topic filter' },
  SUBSCRIBE_QOS: { section: 'MQTT-3.8.3-4', says: 'a requested QoS is neither 0, 1 nor 2' },
  SUBACK_EMPTY: { section: '3.9.3', says: 'there is no return code' },
  SUBACK_CODE: { section: 'MQTT-3.9.3-2', says: 'a return code is neither 0, 1, 2 nor 128' },
  UNSUBSCRIBE_EMPTY: { section: 'MQTT-3.10.3-2', says: 'there is no topic filter' },
  FILTER_HASH: { section: 'MQTT-4.7.1-2', says: 'in a topic filter # does not stand alone in the last level' },
  FILTER_PLUS: { section: 'MQTT-4.7.1-3', says: 'in a topic filter + does not stand alone in its level' },
  TOPIC_EMPTY: { section: 'MQTT-4.7.3-1', says: 'a topic name or filter is empty' },
} as const;

export type RuleName = keyof typeof RULES;
