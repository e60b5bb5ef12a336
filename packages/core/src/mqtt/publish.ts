// MQTT 3.1.1, section 3.3: PUBLISH.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { isQoS, type QoS } from './qos.ts';
import { topicNameRule } from './topics.ts';

export interface PublishPacket {
  readonly type: 'PUBLISH';
  readonly topic: string;
  /** When decoded, a view into the receive buffer: copy what is kept. */
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The packet has perhaps been sent before. */
  readonly dup: boolean;
  /** `undefined` exactly at QoS 0. */
  readonly packetId: number | undefined;
}

/** The flags of the first byte, section 3.3.1. The two bits of the QoS start at bit 1. */
const FLAG = { retain: 0b0001, dup: 0b1000 } as const;
const QOS_SHIFT = 1;

export function decodePublish(reader: PacketReader): PublishPacket {
  const { flags } = reader;
  const qos = (flags >> QOS_SHIFT) & 0b11;
  const dup = (flags & FLAG.dup) !== 0;
  if (!isQoS(qos)) return reader.fail('PUBLISH_QOS');
  if (dup && qos === 0) reader.fail('PUBLISH_DUP');
  const topic = reader.string();
  reader.check(topicNameRule(topic));
  return {
    type: 'PUBLISH',
    topic,
    packetId: qos === 0 ? undefined : reader.packetId(),
    payload: reader.rest(),
    qos,
    retain: (flags & FLAG.retain) !== 0,
    dup,
  };
}

export function encodePublish({ topic, payload, qos, retain, dup, packetId }: PublishPacket): Uint8Array<ArrayBuffer> {
  const writer = new PacketWriter('PUBLISH', 4 + topic.length + payload.length);
  writer.require(isQoS(qos), 'PUBLISH_QOS');
  writer.require(!dup || qos > 0, 'PUBLISH_DUP');
  writer.require((packetId === undefined) === (qos === 0), 'PACKET_ID');
  writer.check(topicNameRule(topic));
  writer.string(topic);
  if (packetId !== undefined) writer.packetId(packetId);
  writer.raw(payload);
  return writer.finish((dup ? FLAG.dup : 0) | (qos << QOS_SHIFT) | (retain ? FLAG.retain : 0));
}
