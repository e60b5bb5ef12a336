// MQTT 3.1.1 and 5.0, section 3.9: SUBACK.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isQoS } from './qos.ts';
import { isReasonCodeOf } from './reasonCodes.ts';

/** The return code for a filter that is not granted; at protocol level 5 the least of several. */
export const SUBACK_FAILURE = 0x80;

/** The QoS that is granted, or {@link SUBACK_FAILURE}, or at protocol level 5 another reason code. */
export type SubackReturnCode = number;

export interface SubackPacket extends WithProperties {
  readonly type: 'SUBACK';
  readonly packetId: number;
  /** One for each filter of the SUBSCRIBE, in its order. */
  readonly returnCodes: readonly SubackReturnCode[];
}

export function decodeSuback(reader: PacketReader): SubackPacket {
  const packetId = reader.packetId();
  const withProperties = reader.level === 5 ? readProperties(reader, 'SUBACK') : {};
  if (reader.finished) reader.fail('SUBACK_EMPTY');
  const returnCodes: SubackReturnCode[] = [];
  while (!reader.finished) {
    const code = reader.uint8();
    reader.check(returnCodeRule(code, reader.level));
    returnCodes.push(code);
  }
  return { type: 'SUBACK', packetId, returnCodes, ...withProperties };
}

export function encodeSuback(packet: SubackPacket, level: ProtocolLevel): Uint8Array<ArrayBuffer> {
  const { packetId, returnCodes, properties } = packet;
  const writer = new PacketWriter('SUBACK', 2 + returnCodes.length);
  writer.require(returnCodes.length > 0, 'SUBACK_EMPTY');
  writer.packetId(packetId);
  if (level === 5) writeProperties(writer, 'SUBACK', properties);
  for (const code of returnCodes) {
    writer.check(returnCodeRule(code, level));
    writer.uint8(code);
  }
  return writer.finish();
}

function returnCodeRule(code: number, level: ProtocolLevel): 'SUBACK_CODE' | 'REASON_CODE' | undefined {
  if (level === 5) return isReasonCodeOf('SUBACK', code) ? undefined : 'REASON_CODE';
  return isQoS(code) || code === SUBACK_FAILURE ? undefined : 'SUBACK_CODE';
}
