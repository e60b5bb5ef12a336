import type { Acknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { GatewayAcknowledgements } from '../gateway/gatewayAcknowledgements.ts';
import type { CloseReason, Principal, PublishOutcome } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { AcknowledgementOrder } from './acknowledgementOrder.ts';
import { ExactlyOnce } from './exactlyOnce.ts';
import type { OpenSession } from './openSession.ts';
import { PublishTopics, type PublishTarget } from './publishTopics.ts';
import { TopicAliases } from './topicAliases.ts';

/** Topics are the device's choice: enough of one to recognise it. */
const SHOWN_TOPIC_CHARACTERS = 100;

/** What a device publishes: brought to its route, and acknowledged when the route says so. */
export class IncomingPublishes<P extends Principal> implements PublishOutcome, GatewayAcknowledgements {
  readonly #context: BridgeContext<P>;
  readonly #session: OpenSession<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  readonly #topics: PublishTopics<P>;
  readonly #topicAliases: TopicAliases;
  readonly #pubackOrder = new AcknowledgementOrder();
  readonly #exactlyOnce: ExactlyOnce<P>;
  readonly #maximumQoS: 1 | 2;
  readonly #gateway: Gateway<P> | undefined;

  /** @param gateway what the device publishes for others; `undefined`: it is no gateway */
  constructor(
    context: BridgeContext<P>,
    session: OpenSession<P>,
    outgoing: Outgoing,
    client: ClientTerms,
    maximumQoS: 1 | 2,
    gateway: Gateway<P> | undefined,
  ) {
    this.#context = context;
    this.#session = session;
    this.#outgoing = outgoing;
    this.#client = client;
    this.#topics = new PublishTopics(context.topics, session.principal.deviceId, context.publishRoutes);
    this.#topicAliases = new TopicAliases(context.limits.topicAliases);
    this.#exactlyOnce = new ExactlyOnce(session, outgoing, client);
    this.#maximumQoS = maximumQoS;
    this.#gateway = gateway;
  }

  /**
   * Whether so few messages of the device wait for their fate that another one may be read. At protocol level 5 the device
   * has to keep to this number by itself.
   */
  get mayContinue(): boolean {
    return this.#client.level === 5 || this.#storing < this.#context.limits.unsettledPublishes;
  }

  publish(packet: PublishPacket): void {
    const refusal = packet.qos === 2 ? this.#refusalQoS2(packet) : this.#refusal5(packet);
    if (refusal !== undefined) {
      this.#session.close(refusal);
      return;
    }
    const topic = this.#topicOf(packet);
    if (topic === undefined) return;
    const target = this.#topics.find(topic);
    if (target === undefined) {
      this.#publishForOthers(topic, packet);
    } else {
      this.#count(packet);
      this.#store(packet, target);
    }
  }

  release(packet: Acknowledgement<'PUBREL'>): void {
    this.#exactlyOnce.release(packet);
  }

  accepted(packetId: number, reasonCode = 0): void {
    const said = this.#client.level === 5 ? reasonCode : 0;
    if (this.#session.isOpen) this.#pubackOrder.accepted(packetId, said, this.#outgoing);
  }

  refused(reason: CloseReason): void {
    this.#session.close(reason);
  }

  dropped(packetId: number, reasonCode: number): void {
    if (this.#client.level === 5) this.accepted(packetId, reasonCode);
    else if (this.#session.isOpen) this.#pubackOrder.dropped(packetId, this.#outgoing);
  }

  /** Messages whose fate is open. */
  get #storing(): number {
    return this.#pubackOrder.waiting + this.#exactlyOnce.waiting;
  }

  #count({ payload }: PublishPacket): void {
    this.#context.counts.messagesReceived++;
    this.#context.counts.messageBytesReceived += payload.length;
  }

  #publishForOthers(topic: string, packet: PublishPacket): void {
    const { packetId, qos } = packet;
    if (this.#gateway !== undefined && qos === 2) {
      // Its half-way state would have to outlive the attachment, which ends with the connection.
      this.#session.close(closeReason('QOS_2', 'A gateway publishes for other devices at QoS 0 or 1.'));
      return;
    }
    if (packetId !== undefined) this.#pubackOrder.received(packetId);
    if (this.#gateway?.publish(topic, packet, this) === true) {
      this.#count(packet);
      return;
    }
    const shown = JSON.stringify(topic.slice(0, SHOWN_TOPIC_CHARACTERS));
    this.#session.close(closeReason('TOPIC_NOT_ALLOWED', `The topic is ${shown}.`));
  }

  #store(packet: PublishPacket, target: PublishTarget<P>): void {
    const { packetId, payload, qos } = packet;
    if (qos === 2 && packetId !== undefined) {
      this.#exactlyOnce.publish(target, packetId, packet);
      return;
    }
    if (packetId !== undefined) this.#pubackOrder.received(packetId);
    target.route.publish(this.#session, target.subfolder, payload, packetId, this, packet);
  }

  /** In MQTT 3.1.1 there is no receive maximum, yet identifiers that are never released cost memory. */
  #refusalQoS2(packet: PublishPacket): CloseReason | undefined {
    if (this.#maximumQoS === 1) return closeReason('QOS_2');
    const { received } = this.#session.state;
    const isNew = packet.packetId !== undefined && received.state(packet.packetId) === 'UNKNOWN';
    if (isNew && received.size >= this.#context.limits.unsettledPublishes) {
      return closeReason('RECEIVE_MAXIMUM_EXCEEDED');
    }
    return this.#refusal5(packet);
  }

  /** What CONNACK has excluded at protocol level 5. In MQTT 3.1.1 nobody was told, and RETAIN is ignored. */
  #refusal5({ retain, packetId, properties }: PublishPacket): CloseReason | undefined {
    if (this.#client.level === 4) return undefined;
    if (retain) return closeReason('RETAINED');
    if (properties?.subscriptionIdentifiers !== undefined) {
      return closeReason('PROTOCOL_VIOLATION', 'Its PUBLISH has a subscription identifier (MQTT-3.3.4-6).');
    }
    const isTooMany = packetId !== undefined && this.#storing >= this.#context.limits.unsettledPublishes;
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
