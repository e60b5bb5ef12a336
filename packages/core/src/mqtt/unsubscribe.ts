// MQTT 3.1.1, section 3.10: UNSUBSCRIBE.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { topicFilterRule } from './topics.ts';

export interface UnsubscribePacket {
  readonly type: 'UNSUBSCRIBE';
  readonly packetId: number;
  readonly filters: readonly string[];
}

export function decodeUnsubscribe(reader: PacketReader): UnsubscribePacket {
  const packetId = reader.packetId();
  if (reader.finished) reader.fail('UNSUBSCRIBE_EMPTY');
  const filters: string[] = [];
  while (!reader.finished) {
    const filter = reader.string();
    reader.check(topicFilterRule(filter));
    filters.push(filter);
  }
  return { type: 'UNSUBSCRIBE', packetId, filters };
}

export function encodeUnsubscribe({ packetId, filters }: UnsubscribePacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('UNSUBSCRIBE');
  writer.require(filters.length > 0, 'UNSUBSCRIBE_EMPTY');
  writer.packetId(packetId);
  for (const filter of filters) {
    writer.check(topicFilterRule(filter));
    writer.string(filter);
  }
  return writer.finish();
}
