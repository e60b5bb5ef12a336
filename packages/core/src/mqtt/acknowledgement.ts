// PUBACK, PUBREC, PUBREL and PUBCOMP look alike: MQTT 5.0, sections 3.4 to 3.7; MQTT 3.1.1 knows only their identifier.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isReasonCodeOf } from './reasonCodes.ts';

export type AcknowledgementType = 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP';

export interface Acknowledgement<Type extends AcknowledgementType> extends WithProperties {
  readonly type: Type;
  readonly packetId: number;
  /** Protocol level 5 only; absent means success, 0. */
  readonly reasonCode?: number;
}

export function decodeAcknowledgement<Type extends AcknowledgementType>(
  type: Type,
  reader: PacketReader,
): Acknowledgement<Type> {
  const packetId = reader.packetId();
  if (reader.level === 4 || reader.finished) {
    reader.finish();
    return { type, packetId };
  }
  const code = reader.uint8();
  if (!isReasonCodeOf(type, code)) reader.fail('REASON_CODE', -1);
  // The property length may be absent when there are none, section 3.4.2.2.1.
  const withProperties = reader.finished ? {} : readProperties(reader, type);
  reader.finish();
  return { type, packetId, ...(code === 0 ? {} : { reasonCode: code }), ...withProperties };
}

export function encodeAcknowledgement(
  { type, packetId, reasonCode = 0, properties }: Acknowledgement<AcknowledgementType>,
  level: ProtocolLevel,
): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter(type, 2);
  writer.packetId(packetId);
  if (level === 5 && (reasonCode !== 0 || properties !== undefined)) {
    writer.require(isReasonCodeOf(type, reasonCode), 'REASON_CODE');
    writer.uint8(reasonCode);
    if (properties !== undefined) writeProperties(writer, type, properties);
  }
  return writer.finish();
}
