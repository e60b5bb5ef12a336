// MQTT 3.1.1 and 5.0, section 3.14: DISCONNECT, one side says that it goes; in MQTT 3.1.1 only the client does.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isReasonCodeOf } from './reasonCodes.ts';

export interface DisconnectPacket extends WithProperties {
  readonly type: 'DISCONNECT';
  /** Protocol level 5 only; absent means a normal disconnection, 0. */
  readonly reasonCode?: number;
}

export function decodeDisconnect(reader: PacketReader): DisconnectPacket {
  if (reader.level === 4 || reader.finished) {
    reader.finish();
    return { type: 'DISCONNECT' };
  }
  const code = reader.uint8();
  if (!isReasonCodeOf('DISCONNECT', code)) reader.fail('REASON_CODE', -1);
  const withProperties = reader.finished ? {} : readProperties(reader, 'DISCONNECT');
  reader.finish();
  return { type: 'DISCONNECT', ...(code === 0 ? {} : { reasonCode: code }), ...withProperties };
}

export function encodeDisconnect(
  { reasonCode = 0, properties }: DisconnectPacket,
  level: ProtocolLevel = 4,
): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('DISCONNECT', 1);
  if (level === 5 && (reasonCode !== 0 || properties !== undefined)) {
    writer.require(isReasonCodeOf('DISCONNECT', reasonCode), 'REASON_CODE');
    writer.uint8(reasonCode);
    if (properties !== undefined) writeProperties(writer, 'DISCONNECT', properties);
  }
  return writer.finish();
}
