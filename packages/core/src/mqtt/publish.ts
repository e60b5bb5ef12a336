// MQTT 3.1.1 and 5.0, section 3.3: PUBLISH.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { type Properties, readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isQoS, type QoS } from './qos.ts';
import { topicNameRule } from './topics.ts';

export interface PublishPacket extends WithProperties {
  readonly type: 'PUBLISH';
  /** Empty only at protocol level 5, where a topic alias may stand for it. */
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
  const topic = reader.topicName();
  const retain = (flags & FLAG.retain) !== 0;
  if (reader.level === 5) return decodeRest5(reader, topic, qos, retain, dup);
  if (topic === '') reader.fail('TOPIC_EMPTY', -1);
  const packetId = qos === 0 ? undefined : reader.packetId();
  return { type: 'PUBLISH', topic, packetId, payload: reader.rest(), qos, retain, dup };
}

/** A function of its own, so that a packet of MQTT 3.1.1 costs no spread. */
function decodeRest5(reader: PacketReader, topic: string, qos: QoS, retain: boolean, dup: boolean): PublishPacket {
  const packetId = qos === 0 ? undefined : reader.packetId();
  const withProperties = readProperties(reader, 'PUBLISH');
  reader.check(missingTopicRule(topic, withProperties.properties));
  return { type: 'PUBLISH', topic, packetId, payload: reader.rest(), qos, retain, dup, ...withProperties };
}

export function encodePublish(packet: PublishPacket, level: ProtocolLevel = 4): Uint8Array<ArrayBuffer> {
  const { topic, payload, qos, retain, dup, packetId, properties } = packet;
  const writer = new PacketWriter('PUBLISH', 4 + topic.length + payload.length);
  writer.require(isQoS(qos), 'PUBLISH_QOS');
  writer.require(!dup || qos > 0, 'PUBLISH_DUP');
  writer.require((packetId === undefined) === (qos === 0), 'PACKET_ID');
  const isAliased = topic === '' && level === 5;
  writer.check(isAliased ? missingTopicRule(topic, properties) : topicNameRule(topic));
  writer.string(topic);
  if (packetId !== undefined) writer.packetId(packetId);
  if (level === 5) writeProperties(writer, 'PUBLISH', properties);
  writer.raw(payload);
  return writer.finish((dup ? FLAG.dup : 0) | (qos << QOS_SHIFT) | (retain ? FLAG.retain : 0));
}

function missingTopicRule(topic: string, properties: Properties | undefined): 'TOPIC_NAME_MISSING' | undefined {
  return topic === '' && properties?.topicAlias === undefined ? 'TOPIC_NAME_MISSING' : undefined;
}
