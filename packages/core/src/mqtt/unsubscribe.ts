// MQTT 3.1.1 and 5.0, section 3.10: UNSUBSCRIBE.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { topicFilterRule } from './topics.ts';

export interface UnsubscribePacket extends WithProperties {
  readonly type: 'UNSUBSCRIBE';
  readonly packetId: number;
  readonly filters: readonly string[];
}

export function decodeUnsubscribe(reader: PacketReader): UnsubscribePacket {
  const packetId = reader.packetId();
  const withProperties = reader.level === 5 ? readProperties(reader, 'UNSUBSCRIBE') : {};
  if (reader.finished) reader.fail('UNSUBSCRIBE_EMPTY');
  const filters: string[] = [];
  while (!reader.finished) {
    const filter = reader.string();
    reader.check(topicFilterRule(filter, reader.level));
    filters.push(filter);
  }
  return { type: 'UNSUBSCRIBE', packetId, filters, ...withProperties };
}

export function encodeUnsubscribe(packet: UnsubscribePacket, level: ProtocolLevel): Uint8Array<ArrayBuffer> {
  const { packetId, filters, properties } = packet;
  const writer = new PacketWriter('UNSUBSCRIBE');
  writer.require(filters.length > 0, 'UNSUBSCRIBE_EMPTY');
  writer.packetId(packetId);
  if (level === 5) writeProperties(writer, 'UNSUBSCRIBE', properties);
  for (const filter of filters) {
    writer.check(topicFilterRule(filter, level));
    writer.string(filter);
  }
  return writer.finish();
}
