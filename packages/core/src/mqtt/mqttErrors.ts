import { type ErrorFactory, errorTable } from '../errors/mkiotError.ts';

const ROWS = {
  MQTT_PACKET_MALFORMED: {
    status: 'INVALID_ARGUMENT',
    blame: 'peer',
    message: 'The other side sent a bad {packet}: at its byte {offset} {says} ({section} of {document}).',
  },
  MQTT_PACKET_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'peer',
    message: 'The other side announced a {packet} of {length} bytes; {limit} bytes are accepted here.',
  },
  MQTT_PACKET_UNEXPECTED: {
    status: 'INVALID_ARGUMENT',
    blame: 'peer',
    message: 'The other side sent a {packet}, which a {sender} never sends (table 2.1 of MQTT 3.1.1).',
  },
  MQTT_PROTOCOL_NAME_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'peer',
    message: 'The other side speaks another protocol: its CONNECT does not name MQTT (MQTT-3.1.2-1).',
  },
  /** Answered with CONNACK 1 (MQTT-3.1.2-2). */
  MQTT_PROTOCOL_LEVEL_UNSUPPORTED: {
    status: 'INVALID_ARGUMENT',
    blame: 'peer',
    message: 'The other side asks for {protocolName} level {protocolLevel}; set it to MQTT 3.1.1 or 5.0, level 4 or 5.',
  },
  /** Answered with CONNACK 2 (MQTT-3.1.3-8). */
  MQTT_CLIENT_ID_REJECTED: {
    status: 'INVALID_ARGUMENT',
    blame: 'peer',
    message: 'The CONNECT has an empty client identifier without clean session (MQTT-3.1.3-7).',
  },
  MQTT_PACKET_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'This {packet} cannot be sent: {says} ({section} of {document}).',
  },
} as const;

/** What can be wrong with packets, coming in (`peer`) or going out (`caller`). */
export const mqttError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
