// MQTT 3.1.1 and 5.0, section 3.11: UNSUBACK, the answer to an UNSUBSCRIBE.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isReasonCodeOf } from './reasonCodes.ts';

export interface UnsubackPacket extends WithProperties {
  readonly type: 'UNSUBACK';
  readonly packetId: number;
  /** Protocol level 5 only, and always there: one for each filter of the UNSUBSCRIBE, in its order. */
  readonly reasonCodes?: readonly number[];
}

export function decodeUnsuback(reader: PacketReader): UnsubackPacket {
  const packetId = reader.packetId();
  if (reader.level === 4) {
    reader.finish();
    return { type: 'UNSUBACK', packetId };
  }
  const withProperties = readProperties(reader, 'UNSUBACK');
  if (reader.finished) reader.fail('BODY_SHORT');
  const reasonCodes: number[] = [];
  while (!reader.finished) {
    const code = reader.uint8();
    if (!isReasonCodeOf('UNSUBACK', code)) reader.fail('REASON_CODE', -1);
    reasonCodes.push(code);
  }
  return { type: 'UNSUBACK', packetId, reasonCodes, ...withProperties };
}

export function encodeUnsuback(packet: UnsubackPacket, level: ProtocolLevel): Uint8Array<ArrayBuffer> {
  const { packetId, reasonCodes = [], properties } = packet;
  const writer = new PacketWriter('UNSUBACK', 2);
  writer.packetId(packetId);
  if (level === 4) return writer.finish();
  writeProperties(writer, 'UNSUBACK', properties);
  writer.require(reasonCodes.length > 0, 'BODY_SHORT');
  for (const code of reasonCodes) {
    writer.require(isReasonCodeOf('UNSUBACK', code), 'REASON_CODE');
    writer.uint8(code);
  }
  return writer.finish();
}
