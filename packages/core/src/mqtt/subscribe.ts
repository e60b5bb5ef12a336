// MQTT 3.1.1 and 5.0, section 3.8: SUBSCRIBE.
import type { PacketReader } from './packetReader.ts';
import { PacketWriter } from './packetWriter.ts';
import { readProperties, type WithProperties, writeProperties } from './properties.ts';
import type { ProtocolLevel } from './protocolLevel.ts';
import { isQoS, type QoS } from './qos.ts';
import { isShared, topicFilterRule } from './topics.ts';

export interface Subscription {
  readonly filter: string;
  /** The most that the client wants. */
  readonly qos: QoS;
  /** Protocol level 5 only; absent are the defaults: all false and 0. */
  readonly options?: SubscriptionOptions;
}

/** MQTT 5.0, section 3.8.3.1, without the QoS. */
export interface SubscriptionOptions {
  /** The client does not want back what it publishes itself. */
  readonly noLocal: boolean;
  /** The RETAIN flag arrives as it was published. */
  readonly retainAsPublished: boolean;
  /** Whether retained messages are sent at the subscription: 0 yes, 1 if it is new, 2 no. */
  readonly retainHandling: 0 | 1 | 2;
}

/** The subscription options in their byte; the two bits of the retain handling start at bit 4. */
const OPTION = { noLocal: 0b0100, retainAsPublished: 0b1000, reserved: 0b1100_0000 } as const;
const QOS_MASK = 0b11;
const RETAIN_HANDLING_SHIFT = 4;

export interface SubscribePacket extends WithProperties {
  readonly type: 'SUBSCRIBE';
  readonly packetId: number;
  readonly subscriptions: readonly Subscription[];
}

export function decodeSubscribe(reader: PacketReader): SubscribePacket {
  const packetId = reader.packetId();
  const withProperties = reader.level === 5 ? readProperties(reader, 'SUBSCRIBE') : {};
  if (reader.finished) reader.fail('SUBSCRIBE_EMPTY');
  const subscriptions: Subscription[] = [];
  while (!reader.finished) {
    const filter = reader.string();
    reader.check(topicFilterRule(filter, reader.level));
    const options = reader.uint8();
    if (reader.level === 5 && (options & OPTION.reserved) !== 0) reader.fail('SUBSCRIPTION_OPTIONS', -1);
    const qos = reader.level === 5 ? options & QOS_MASK : options;
    if (!isQoS(qos)) return reader.fail('SUBSCRIBE_QOS', -1);
    subscriptions.push({ filter, qos, ...decodeOptions(reader, filter, options - qos) });
  }
  return { type: 'SUBSCRIBE', packetId, subscriptions, ...withProperties };
}

/** `bits`: the options without the QoS; 0 at protocol level 4. */
function decodeOptions(reader: PacketReader, filter: string, bits: number): { readonly options?: SubscriptionOptions } {
  if (bits === 0) return {};
  const retainHandling = bits >> RETAIN_HANDLING_SHIFT;
  if (!isQoS(retainHandling)) return reader.fail('RETAIN_HANDLING', -1);
  const noLocal = (bits & OPTION.noLocal) !== 0;
  if (noLocal && isShared(filter)) reader.fail('SHARED_NO_LOCAL', -1);
  return { options: { noLocal, retainAsPublished: (bits & OPTION.retainAsPublished) !== 0, retainHandling } };
}

export function encodeSubscribe(packet: SubscribePacket, level: ProtocolLevel): Uint8Array<ArrayBuffer> {
  const { packetId, subscriptions, properties } = packet;
  const writer = new PacketWriter('SUBSCRIBE');
  writer.require(subscriptions.length > 0, 'SUBSCRIBE_EMPTY');
  writer.packetId(packetId);
  if (level === 5) writeProperties(writer, 'SUBSCRIBE', properties);
  for (const { filter, qos, options } of subscriptions) {
    writer.check(topicFilterRule(filter, level));
    writer.require(isQoS(qos), 'SUBSCRIBE_QOS');
    writer.string(filter);
    writer.uint8(qos | (level === 5 ? encodeOptions(writer, filter, options) : 0));
  }
  return writer.finish();
}

function encodeOptions(writer: PacketWriter, filter: string, options: SubscriptionOptions | undefined): number {
  if (options === undefined) return 0;
  const { noLocal, retainAsPublished, retainHandling } = options;
  writer.require(isQoS(retainHandling), 'RETAIN_HANDLING');
  writer.require(!noLocal || !isShared(filter), 'SHARED_NO_LOCAL');
  return (
    (noLocal ? OPTION.noLocal : 0) |
    (retainAsPublished ? OPTION.retainAsPublished : 0) |
    (retainHandling << RETAIN_HANDLING_SHIFT)
  );
}
