// MQTT 3.1.1 and 5.0, section 3.2: CONNACK.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isReasonCodeOf } from './reasonCodes.ts';

/** MQTT 3.1.1, table 3.1; other codes are reserved. */
export const CONNACK_RETURN_CODES = {
  ACCEPTED: 0,
  UNACCEPTABLE_PROTOCOL_VERSION: 1,
  IDENTIFIER_REJECTED: 2,
  SERVER_UNAVAILABLE: 3,
  BAD_USER_NAME_OR_PASSWORD: 4,
  NOT_AUTHORIZED: 5,
} as const;

export type ConnackReturnCode = (typeof CONNACK_RETURN_CODES)[keyof typeof CONNACK_RETURN_CODES];

export interface ConnackPacket extends WithProperties {
  readonly type: 'CONNACK';
  readonly sessionPresent: boolean;
  /** A {@link ConnackReturnCode} at protocol level 4, a reason code at level 5. 0 is yes at both. */
  readonly returnCode: number;
}

export function decodeConnack(reader: PacketReader): ConnackPacket {
  const flags = reader.uint8();
  if (flags > 1) reader.fail('CONNACK_FLAGS', -1);
  const returnCode = reader.uint8();
  reader.check(returnCodeRule(returnCode, reader.level));
  const sessionPresent = flags === 1;
  if (sessionPresent && returnCode !== CONNACK_RETURN_CODES.ACCEPTED) reader.fail('SESSION_PRESENT', -2);
  const withProperties = reader.level === 5 ? readProperties(reader, 'CONNACK') : {};
  reader.finish();
  return { type: 'CONNACK', sessionPresent, returnCode, ...withProperties };
}

export function encodeConnack(packet: ConnackPacket, level: ProtocolLevel): Uint8Array<ArrayBuffer> {
  const { sessionPresent, returnCode, properties } = packet;
  const writer = new PacketWriter('CONNACK', 2);
  writer.check(returnCodeRule(returnCode, level));
  writer.require(!sessionPresent || returnCode === CONNACK_RETURN_CODES.ACCEPTED, 'SESSION_PRESENT');
  writer.uint8(sessionPresent ? 1 : 0);
  writer.uint8(returnCode);
  if (level === 5) writeProperties(writer, 'CONNACK', properties);
  return writer.finish();
}

function returnCodeRule(code: number, level: ProtocolLevel): 'RETURN_CODE' | 'REASON_CODE' | undefined {
  if (level === 5) return isReasonCodeOf('CONNACK', code) ? undefined : 'REASON_CODE';
  const isKnown = Number.isInteger(code) && code >= 0 && code <= CONNACK_RETURN_CODES.NOT_AUTHORIZED;
  return isKnown ? undefined : 'RETURN_CODE';
}
