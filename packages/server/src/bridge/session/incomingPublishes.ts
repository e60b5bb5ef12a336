import { type Acknowledgement, encodeAcknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { CloseReason, Principal, PublishOutcome, Session } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { PubackOrder } from './pubackOrder.ts';
import { PublishTopics } from './publishTopics.ts';
import { TopicAliases } from './topicAliases.ts';

/** The session whose messages these are; it is closed when one of them is not allowed. */
interface Publisher<P extends Principal> extends Session<P> {
  readonly isOpen: boolean;
}

/** Topics are the device's choice: enough of one to recognise it. */
const SHOWN_TOPIC_CHARACTERS = 100;

/** What a device publishes: brought to its route, and acknowledged when the route says so. */
export class IncomingPublishes<P extends Principal> implements PublishOutcome {
  readonly #context: BridgeContext<P>;
  readonly #session: Publisher<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  readonly #topics: PublishTopics<P>;
  readonly #topicAliases: TopicAliases;
  readonly #pubackOrder = new PubackOrder();

  constructor(context: BridgeContext<P>, session: Publisher<P>, outgoing: Outgoing, client: ClientTerms) {
    this.#context = context;
    this.#session = session;
    this.#outgoing = outgoing;
    this.#client = client;
    this.#topics = new PublishTopics(context.topics, session.principal.deviceId, context.publishRoutes);
    this.#topicAliases = new TopicAliases(context.limits.topicAliases);
  }

  /**
   * Whether so few QoS 1 messages of the device wait for their fate that another one may be read. At protocol level 5 the
   * device has to keep to this number by itself.
   */
  get mayContinue(): boolean {
    return this.#client.level === 5 || this.#pubackOrder.waiting < this.#context.limits.unsettledPublishes;
  }

  publish(packet: PublishPacket): void {
    const refusal = packet.qos === 2 ? closeReason('QOS_2') : this.#refusal5(packet);
    if (refusal !== undefined) {
      this.#session.close(refusal);
      return;
    }
    const { counts } = this.#context;
    const topic = this.#topicOf(packet);
    if (topic === undefined) return;
    const target = this.#topics.find(topic);
    if (target === undefined) {
      const shown = JSON.stringify(topic.slice(0, SHOWN_TOPIC_CHARACTERS));
      this.#session.close(closeReason('TOPIC_NOT_ALLOWED', `The topic is ${shown}.`));
    } else {
      counts.messagesReceived++;
      counts.messageBytesReceived += packet.payload.length;
      if (packet.packetId !== undefined) this.#pubackOrder.received(packet.packetId);
      target.route.publish(this.#session, target.subfolder, packet.payload, packet.packetId, this);
    }
  }

  /** We take nothing at QoS 2: what is left of an exchange with another server is brought to its end. */
  release({ packetId }: Acknowledgement<'PUBREL'>): void {
    this.#outgoing.send(encodeAcknowledgement({ type: 'PUBCOMP', packetId }, this.#client.level));
  }

  accepted(packetId: number): void {
    if (this.#session.isOpen) this.#pubackOrder.accepted(packetId, this.#outgoing);
  }

  refused(reason: CloseReason): void {
    this.#session.close(reason);
  }

  /** What CONNACK has excluded at protocol level 5. In MQTT 3.1.1 nobody was told, and RETAIN is ignored. */
  #refusal5({ retain, packetId, properties }: PublishPacket): CloseReason | undefined {
    if (this.#client.level === 4) return undefined;
    if (retain) return closeReason('RETAINED');
    if (properties?.subscriptionIdentifiers !== undefined) {
      return closeReason('PROTOCOL_VIOLATION', 'Its PUBLISH has a subscription identifier (MQTT-3.3.4-6).');
    }
    const isTooMany = packetId !== undefined && this.#pubackOrder.waiting >= this.#context.limits.unsettledPublishes;
    return isTooMany ? closeReason('RECEIVE_MAXIMUM_EXCEEDED') : undefined;
  }

  /** The topic of a PUBLISH; `undefined` when its alias has ended the connection. */
  #topicOf({ topic, properties }: PublishPacket): string | undefined {
    if (properties?.topicAlias === undefined) return topic;
    const resolved = this.#topicAliases.resolve(topic, properties.topicAlias);
    if (typeof resolved === 'object') return resolved.topic;
    if (resolved === 'ABOVE_MAXIMUM') this.#session.close(closeReason('TOPIC_ALIAS_INVALID'));
    else
      this.#session.close(closeReason('PROTOCOL_VIOLATION', 'It used a topic alias that it has not set (3.3.2.3.4).'));
    return undefined;
  }
}
