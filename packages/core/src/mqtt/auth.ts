// MQTT 5.0, section 3.15: AUTH, enhanced authentication.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import { isReasonCodeOf } from './reasonCodes.ts';

export interface AuthPacket extends WithProperties {
  readonly type: 'AUTH';
  readonly reasonCode: number;
}

export function decodeAuth(reader: PacketReader): AuthPacket {
  if (reader.finished) return { type: 'AUTH', reasonCode: 0 };
  const reasonCode = reader.uint8();
  if (!isReasonCodeOf('AUTH', reasonCode)) reader.fail('REASON_CODE', -1);
  // Other than in DISCONNECT the property length may be absent only together with the reason code, section 3.15.2.1.
  const withProperties = readProperties(reader, 'AUTH');
  reader.finish();
  return { type: 'AUTH', reasonCode, ...withProperties };
}

export function encodeAuth({ reasonCode, properties }: AuthPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('AUTH');
  writer.require(isReasonCodeOf('AUTH', reasonCode), 'REASON_CODE');
  if (reasonCode === 0 && properties === undefined) return writer.finish();
  writer.uint8(reasonCode);
  writeProperties(writer, 'AUTH', properties);
  return writer.finish();
}
