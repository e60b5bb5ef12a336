// MQTT 3.1.1, section 3.8: SUBSCRIBE.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { isQoS, type QoS } from './qos.ts';
import { topicFilterRule } from './topics.ts';

export interface Subscription {
  readonly filter: string;
  /** The most that the client wants. */
  readonly qos: QoS;
}

export interface SubscribePacket {
  readonly type: 'SUBSCRIBE';
  readonly packetId: number;
  readonly subscriptions: readonly Subscription[];
}

export function decodeSubscribe(reader: PacketReader): SubscribePacket {
  const packetId = reader.packetId();
  if (reader.finished) reader.fail('SUBSCRIBE_EMPTY');
  const subscriptions: Subscription[] = [];
  while (!reader.finished) {
    const filter = reader.string();
    reader.check(topicFilterRule(filter));
    const qos = reader.uint8();
    if (!isQoS(qos)) return reader.fail('SUBSCRIBE_QOS', -1);
    subscriptions.push({ filter, qos });
  }
  return { type: 'SUBSCRIBE', packetId, subscriptions };
}

export function encodeSubscribe({ packetId, subscriptions }: SubscribePacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('SUBSCRIBE');
  writer.require(subscriptions.length > 0, 'SUBSCRIBE_EMPTY');
  writer.packetId(packetId);
  for (const { filter, qos } of subscriptions) {
    writer.check(topicFilterRule(filter));
    writer.require(isQoS(qos), 'SUBSCRIBE_QOS');
    writer.string(filter);
    writer.uint8(qos);
  }
  return writer.finish();
}
