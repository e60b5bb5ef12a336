// MQTT 3.1.1, section 3.2: CONNACK.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';

/** Table 3.1; other codes are reserved. */
export const CONNACK_RETURN_CODES = {
  ACCEPTED: 0,
  UNACCEPTABLE_PROTOCOL_VERSION: 1,
  IDENTIFIER_REJECTED: 2,
  SERVER_UNAVAILABLE: 3,
  BAD_USER_NAME_OR_PASSWORD: 4,
  NOT_AUTHORIZED: 5,
} as const;

export type ConnackReturnCode = (typeof CONNACK_RETURN_CODES)[keyof typeof CONNACK_RETURN_CODES];

export interface ConnackPacket {
  readonly type: 'CONNACK';
  readonly sessionPresent: boolean;
  readonly returnCode: ConnackReturnCode;
}

export function decodeConnack(reader: PacketReader): ConnackPacket {
  const flags = reader.uint8();
  if (flags > 1) reader.fail('CONNACK_FLAGS', -1);
  const returnCode = reader.uint8();
  if (!isReturnCode(returnCode)) return reader.fail('RETURN_CODE', -1);
  const sessionPresent = flags === 1;
  if (sessionPresent && returnCode !== CONNACK_RETURN_CODES.ACCEPTED) reader.fail('SESSION_PRESENT', -2);
  reader.finish();
  return { type: 'CONNACK', sessionPresent, returnCode };
}

export function encodeConnack({ sessionPresent, returnCode }: ConnackPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('CONNACK', 2);
  writer.require(isReturnCode(returnCode), 'RETURN_CODE');
  writer.require(!sessionPresent || returnCode === CONNACK_RETURN_CODES.ACCEPTED, 'SESSION_PRESENT');
  writer.uint8(sessionPresent ? 1 : 0);
  writer.uint8(returnCode);
  return writer.finish();
}

function isReturnCode(code: number): code is ConnackReturnCode {
  return Number.isInteger(code) && code >= 0 && code <= CONNACK_RETURN_CODES.NOT_AUTHORIZED;
}
