// MQTT 5.0, section 2.2.2.2: properties.

/**
 * Table 2-4, in the order of the identifiers: what a property is called here, how its value is encoded, and where it may
 * stand, `WILL` being the properties of a will. `min` and `max` bound the value where the specification does.
 * Those with `onceIn` are lists, for they may be repeated but in these packets.
 */
export const PROPERTIES = {
  payloadFormatIndicator: { id: 0x01, type: 'BYTE', in: ['PUBLISH', 'WILL'], max: 1 },
  messageExpiryIntervalSeconds: { id: 0x02, type: 'FOUR_BYTE_INTEGER', in: ['PUBLISH', 'WILL'] },
  contentType: { id: 0x03, type: 'STRING', in: ['PUBLISH', 'WILL'] },
  responseTopic: { id: 0x08, type: 'TOPIC_NAME', in: ['PUBLISH', 'WILL'] },
  correlationData: { id: 0x09, type: 'BINARY', in: ['PUBLISH', 'WILL'] },
  subscriptionIdentifiers: {
    id: 0x0b,
    type: 'VARIABLE_BYTE_INTEGER',
    in: ['PUBLISH', 'SUBSCRIBE'],
    min: 1,
    onceIn: ['SUBSCRIBE'],
  },
  sessionExpiryIntervalSeconds: { id: 0x11, type: 'FOUR_BYTE_INTEGER', in: ['CONNECT', 'CONNACK', 'DISCONNECT'] },
  assignedClientIdentifier: { id: 0x12, type: 'STRING', in: ['CONNACK'] },
  serverKeepAliveSeconds: { id: 0x13, type: 'TWO_BYTE_INTEGER', in: ['CONNACK'] },
  authenticationMethod: { id: 0x15, type: 'STRING', in: ['CONNECT', 'CONNACK', 'AUTH'] },
  authenticationData: { id: 0x16, type: 'BINARY', in: ['CONNECT', 'CONNACK', 'AUTH'] },
  requestProblemInformation: { id: 0x17, type: 'BYTE', in: ['CONNECT'], max: 1 },
  willDelayIntervalSeconds: { id: 0x18, type: 'FOUR_BYTE_INTEGER', in: ['WILL'] },
  requestResponseInformation: { id: 0x19, type: 'BYTE', in: ['CONNECT'], max: 1 },
  responseInformation: { id: 0x1a, type: 'STRING', in: ['CONNACK'] },
  serverReference: { id: 0x1c, type: 'STRING', in: ['CONNACK', 'DISCONNECT'] },
  reasonString: {
    id: 0x1f,
    type: 'STRING',
    in: ['CONNACK', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK', 'DISCONNECT', 'AUTH'],
  },
  receiveMaximum: { id: 0x21, type: 'TWO_BYTE_INTEGER', in: ['CONNECT', 'CONNACK'], min: 1 },
  topicAliasMaximum: { id: 0x22, type: 'TWO_BYTE_INTEGER', in: ['CONNECT', 'CONNACK'] },
  topicAlias: { id: 0x23, type: 'TOPIC_ALIAS', in: ['PUBLISH'], min: 1 },
  maximumQoS: { id: 0x24, type: 'BYTE', in: ['CONNACK'], max: 1 },
  retainAvailable: { id: 0x25, type: 'BYTE', in: ['CONNACK'], max: 1 },
  userProperties: {
    id: 0x26,
    type: 'STRING_PAIR',
    in: [
      'CONNECT',
      'CONNACK',
      'PUBLISH',
      'WILL',
      'PUBACK',
      'PUBREC',
      'PUBREL',
      'PUBCOMP',
      'SUBSCRIBE',
      'SUBACK',
      'UNSUBSCRIBE',
      'UNSUBACK',
      'DISCONNECT',
      'AUTH',
    ],
    onceIn: [],
  },
  maximumPacketSizeBytes: { id: 0x27, type: 'FOUR_BYTE_INTEGER', in: ['CONNECT', 'CONNACK'], min: 1 },
  wildcardSubscriptionAvailable: { id: 0x28, type: 'BYTE', in: ['CONNACK'], max: 1 },
  subscriptionIdentifierAvailable: { id: 0x29, type: 'BYTE', in: ['CONNACK'], max: 1 },
  sharedSubscriptionAvailable: { id: 0x2a, type: 'BYTE', in: ['CONNACK'], max: 1 },
} as const;
