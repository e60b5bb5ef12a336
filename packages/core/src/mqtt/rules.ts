import { REASON_CODES, type ReasonCodeName } from './reasonCodes.ts';

/**
 * What MQTT 3.1.1 (OASIS, 29 October 2014) forbids in a packet, as far as one packet alone can break it, in the order of
 * the document. `says` is what somebody reads who has to mend the other side. MQTT 5.0 has the same rules; `reason` is what it calls
 * a breach that is not a malformed packet.
 */
export const RULES = {
  UTF8_ILL_FORMED: { section: 'MQTT-1.5.3-1', says: 'a string is not well-formed UTF-8' },
  UTF8_NUL: { section: 'MQTT-1.5.3-2', says: 'a string contains the character U+0000' },
  UTF8_CONTROL: { section: '1.5.3', says: 'a string contains a control character' },
  STRING_TOO_LONG: { section: '1.5.3', says: 'a string or binary field is longer than 65,535 bytes' },
  TYPE_FORBIDDEN: { section: '2.2.1', says: 'packet types 0 and 15 are forbidden', reason: 'PROTOCOL_ERROR' },
  FLAGS_RESERVED: { section: 'MQTT-2.2.2-2', says: 'the reserved flags of the fixed header have another value' },
  REMAINING_LENGTH: { section: '2.2.3', says: 'the remaining length has more than four bytes' },
  BODY_SHORT: { section: '2.2.3', says: 'the packet ends before its last field' },
  BODY_LONG: { section: '2.2.3', says: 'bytes are left over after the last field' },
  PACKET_ID: {
    section: 'MQTT-2.3.1-1',
    says: 'the packet identifier is not a number from 1 to 65,535',
    reason: 'PROTOCOL_ERROR',
  },
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
  SUBSCRIBE_EMPTY: { section: 'MQTT-3.8.3-3', says: 'there is no topic filter', reason: 'PROTOCOL_ERROR' },
  SUBSCRIBE_QOS: { section: 'MQTT-3.8.3-4', says: 'a requested QoS is neither 0, 1 nor 2', reason: 'PROTOCOL_ERROR' },
  SUBACK_EMPTY: { section: '3.9.3', says: 'there is no return code' },
  SUBACK_CODE: { section: 'MQTT-3.9.3-2', says: 'a return code is neither 0, 1, 2 nor 128' },
  UNSUBSCRIBE_EMPTY: { section: 'MQTT-3.10.3-2', says: 'there is no topic filter', reason: 'PROTOCOL_ERROR' },
  FILTER_HASH: { section: 'MQTT-4.7.1-2', says: 'in a topic filter # does not stand alone in the last level' },
  FILTER_PLUS: { section: 'MQTT-4.7.1-3', says: 'in a topic filter + does not stand alone in its level' },
  TOPIC_EMPTY: { section: 'MQTT-4.7.3-1', says: 'a topic name or filter is empty' },
} as const;

/** What only MQTT 5.0 (OASIS, 7 March 2019) can forbid in a packet. */
export const RULES_5 = {
  VARIABLE_BYTE_INTEGER: {
    section: 'MQTT-1.5.5-1',
    says: 'a variable byte integer has more bytes than it needs or than four',
  },
  PROPERTY_MISPLACED: { section: '2.2.2.2', says: 'a property is unknown or has no place in this packet' },
  PROPERTY_TWICE: {
    section: '2.2.2.2',
    says: 'a property stands there twice',
    reason: 'PROTOCOL_ERROR',
  },
  PROPERTY_VALUE: {
    section: '2.2.2.2',
    says: 'the value of a property is out of its range',
    reason: 'PROTOCOL_ERROR',
  },
  REASON_CODE: {
    section: '2.4',
    says: 'the reason code has no place in this packet',
    reason: 'PROTOCOL_ERROR',
  },
  AUTHENTICATION_DATA: {
    section: '3.1.2.11.10',
    says: 'there is authentication data but no authentication method',
    reason: 'PROTOCOL_ERROR',
  },
  TOPIC_NAME_MISSING: {
    section: '3.3.2.1',
    says: 'there is neither a topic name nor a topic alias',
    reason: 'PROTOCOL_ERROR',
  },
  TOPIC_ALIAS_ZERO: {
    section: 'MQTT-3.3.2-8',
    says: 'the topic alias is 0',
    reason: 'TOPIC_ALIAS_INVALID',
  },
  RESPONSE_TOPIC: {
    section: 'MQTT-3.3.2-14',
    says: 'the response topic is empty or has a wildcard',
    reason: 'PROTOCOL_ERROR',
  },
  SUBSCRIPTION_OPTIONS: { section: 'MQTT-3.8.3-5', says: 'a reserved bit of the subscription options is set' },
  RETAIN_HANDLING: {
    section: '3.8.3.1',
    says: 'the retain handling is neither 0, 1 nor 2',
    reason: 'PROTOCOL_ERROR',
  },
  SHARED_NO_LOCAL: {
    section: 'MQTT-3.8.3-4',
    says: 'no local is set on a shared subscription',
    reason: 'PROTOCOL_ERROR',
  },
  SHARED_FILTER: {
    section: 'MQTT-4.8.2-2',
    says: 'a shared subscription lacks its name or its filter',
    reason: 'PROTOCOL_ERROR',
  },
} as const;

export type RuleName = keyof typeof RULES | keyof typeof RULES_5;

interface Rule {
  readonly section: string;
  readonly says: string;
  readonly reason?: ReasonCodeName;
}

const ALL_RULES: Readonly<Record<RuleName, Rule>> = { ...RULES, ...RULES_5 };

interface RuleContext extends Readonly<Record<string, unknown>> {
  readonly rule: RuleName;
  readonly section: string;
  readonly says: string;
  /** The document that `section` is of. */
  readonly document: string;
  /** For a DISCONNECT of MQTT 5.0. */
  readonly reasonCode: number;
}

/** What an error says about a broken rule. */
export function ruleContext(rule: RuleName): RuleContext {
  const document = rule in RULES ? 'MQTT 3.1.1' : 'MQTT 5.0';
  const { section, says, reason = 'MALFORMED_PACKET' }: Rule = ALL_RULES[rule];
  return { rule, section, says, document, reasonCode: REASON_CODES[reason].code };
}
