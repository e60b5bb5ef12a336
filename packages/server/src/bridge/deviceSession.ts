import { encodeAcknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import type { DisconnectPacket } from '@mkiot/core/mqtt/disconnect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import { encodePingresp } from '@mkiot/core/mqtt/pingresp';
import { encodePublish, type PublishPacket } from '@mkiot/core/mqtt/publish';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { encodeSuback, type SubackReturnCode } from '@mkiot/core/mqtt/suback';
import type { SubscribePacket, Subscription } from '@mkiot/core/mqtt/subscribe';
import { encodeUnsuback } from '@mkiot/core/mqtt/unsuback';
import type { UnsubscribePacket } from '@mkiot/core/mqtt/unsubscribe';
import type { BridgeContext } from './bridgeContext.ts';
import type { ClientTerms } from './clientTerms.ts';
import { closeReason } from './closeReasons.ts';
import type { CloseReason, Principal, PublishOutcome, Session, SubscribeRoute } from './hooks.ts';
import { InFlightWindow } from './inFlightWindow.ts';
import type { Outgoing } from './outgoing.ts';
import { PubackOrder } from './pubackOrder.ts';
import { PublishTopics } from './publishTopics.ts';
import { refusedFilterCode, type GrantedSubscription } from './subscriptions.ts';
import { TopicAliases } from './topicAliases.ts';

/** The connection under a session, as far as the session has to know it. */
export interface SessionConnection {
  readonly remoteAddress: string;
  readonly outgoing: Outgoing;
  close(reason: CloseReason): void;
}

/** Reason codes from here on are failures. */
const FAILURE = 0x80;

/** Topics are the device's choice: enough of one to recognise it. */
const SHOWN_TOPIC_CHARACTERS = 100;

/** What a device may do once it has logged in: the rules of IoT Core over the packets of MQTT. */
export class DeviceSession<P extends Principal> implements Session<P>, PublishOutcome {
  readonly principal: P;
  readonly epoch: number;
  readonly remoteAddress: string;
  readonly openedAtMs: number;
  readonly #context: BridgeContext<P>;
  readonly #connection: SessionConnection;
  readonly #client: ClientTerms;
  readonly #outgoing: Outgoing;
  readonly #topics: PublishTopics<P>;
  readonly #topicAliases: TopicAliases;
  readonly #pubackOrder = new PubackOrder();
  readonly #inFlight: InFlightWindow;
  readonly #subscriptions = new Map<string, GrantedSubscription>();
  #isOpen = true;

  constructor(
    context: BridgeContext<P>,
    connection: SessionConnection,
    principal: P,
    epoch: number,
    client: ClientTerms,
  ) {
    this.principal = principal;
    this.epoch = epoch;
    this.remoteAddress = connection.remoteAddress;
    this.openedAtMs = context.clock.now();
    this.#context = context;
    this.#connection = connection;
    this.#client = client;
    this.#outgoing = connection.outgoing;
    this.#topics = new PublishTopics(context.topics, principal.deviceId, context.publishRoutes);
    this.#topicAliases = new TopicAliases(context.limits.topicAliases);
    this.#inFlight = new InFlightWindow(Math.min(context.limits.inFlight, client.receiveMaximum));
  }

  /**
   * Whether so few QoS 1 messages of the device wait for their fate that another one may be read. At protocol level 5 the
   * device has to keep to this number by itself.
   */
  get mayPublish(): boolean {
    return this.#client.level === 5 || this.#pubackOrder.waiting < this.#context.limits.unsettledPublishes;
  }

  /** Does what `packet` asks for. */
  handle(packet: Packet): void {
    switch (packet.type) {
      case 'PUBLISH':
        this.#publish(packet);
        break;
      case 'PUBACK':
        this.#inFlight.acknowledged(packet.packetId, (packet.reasonCode ?? 0) < FAILURE);
        break;
      case 'PINGREQ':
        this.#outgoing.send(encodePingresp());
        this.#context.hooks.heartbeat(this);
        break;
      case 'SUBSCRIBE':
        this.#subscribe(packet);
        break;
      case 'UNSUBSCRIBE':
        this.#unsubscribe(packet);
        break;
      case 'PUBREC':
      case 'PUBREL':
      case 'PUBCOMP':
        this.#finishQoS2(packet.type, packet.packetId, packet.reasonCode ?? 0);
        break;
      case 'DISCONNECT':
        this.#disconnected(packet);
        break;
      default:
        // A second CONNECT (MQTT-3.1.0-2), or an AUTH without an authentication method (MQTT-4.12.0-6).
        this.close(closeReason('PROTOCOL_VIOLATION', `It sent a ${packet.type} out of place.`));
    }
  }

  accepted(packetId: number): void {
    if (this.#isOpen) this.#pubackOrder.accepted(packetId, this.#outgoing);
  }

  refused(reason: CloseReason): void {
    this.close(reason);
  }

  subscriptionQos(kind: string): 0 | 1 | undefined {
    return this.#subscriptions.get(kind)?.qos;
  }

  deliver(kind: string, subfolder: string, payload: Uint8Array, done: (delivered: boolean) => void): void {
    const subscription = this.#subscriptions.get(kind);
    const hasRoom = this.#isOpen && this.#outgoing.waitingBytes < this.#context.limits.outgoingBytes;
    const packetId = hasRoom && subscription?.qos === 1 ? this.#inFlight.freePacketId() : undefined;
    if (!hasRoom || subscription === undefined || (subscription.qos === 1 && packetId === undefined)) {
      done(false);
      return;
    }
    const { qos, properties } = subscription;
    const topic = this.#context.topics.deliveryTopic(this.principal.deviceId, kind, subfolder);
    const message = { type: 'PUBLISH', topic, payload, qos, retain: false, dup: false, packetId } as const;
    const bytes = encodePublish(properties === undefined ? message : { ...message, properties }, this.#client.level);
    if (bytes.length > this.#client.maximumPacketBytes) {
      done(false);
      return;
    }
    this.#outgoing.send(bytes);
    this.#context.counts.messagesDelivered++;
    this.#context.counts.messageBytesDelivered += payload.length;
    if (packetId === undefined) done(true);
    else this.#inFlight.sent(packetId, done);
  }

  close(reason: CloseReason): void {
    if (this.#isOpen) this.#connection.close(reason);
  }

  /** The connection is over, whoever ended it. */
  ended(): void {
    this.#isOpen = false;
    this.#subscriptions.clear();
    this.#inFlight.abandon();
  }

  #publish(packet: PublishPacket): void {
    const refusal = packet.qos === 2 ? closeReason('QOS_2') : this.#publishRefusal5(packet);
    if (refusal !== undefined) {
      this.close(refusal);
      return;
    }
    const { counts } = this.#context;
    const topic = this.#topicOf(packet);
    if (topic === undefined) return;
    const target = this.#topics.find(topic);
    if (target === undefined) {
      const shown = JSON.stringify(topic.slice(0, SHOWN_TOPIC_CHARACTERS));
      this.close(closeReason('TOPIC_NOT_ALLOWED', `The topic is ${shown}.`));
    } else {
      counts.messagesReceived++;
      counts.messageBytesReceived += packet.payload.length;
      if (packet.packetId !== undefined) this.#pubackOrder.received(packet.packetId);
      target.route.publish(this, target.subfolder, packet.payload, packet.packetId, this);
    }
  }

  /** What CONNACK has excluded at protocol level 5. In MQTT 3.1.1 nobody was told, and RETAIN is ignored. */
  #publishRefusal5({ retain, packetId, properties }: PublishPacket): CloseReason | undefined {
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
    if (resolved === 'ABOVE_MAXIMUM') this.close(closeReason('TOPIC_ALIAS_INVALID'));
    else this.close(closeReason('PROTOCOL_VIOLATION', 'It used a topic alias that it has not set (3.3.2.3.4).'));
    return undefined;
  }

  /**
   * What is left of a QoS 2 exchange that a device had with another server is brought to its end. We send nothing at
   * QoS 2 and take nothing, so an answer to a message at QoS 1 is a violation.
   */
  #finishQoS2(type: 'PUBREC' | 'PUBREL' | 'PUBCOMP', packetId: number, reasonCode: number): void {
    if (type !== 'PUBREL' && this.#inFlight.has(packetId)) {
      this.close(closeReason('PROTOCOL_VIOLATION', `It answered a message at QoS 1 with ${type}.`));
    } else if (type === 'PUBREL' || (type === 'PUBREC' && reasonCode < FAILURE)) {
      const answer = type === 'PUBREL' ? 'PUBCOMP' : 'PUBREL';
      this.#outgoing.send(encodeAcknowledgement({ type: answer, packetId }, this.#client.level));
    }
  }

  #disconnected({ properties, reasonCode = 0 }: DisconnectPacket): void {
    const wantsSessionKept = (properties?.sessionExpiryIntervalSeconds ?? 0) > 0;
    if (wantsSessionKept && !this.#client.wantsSessionKept) {
      this.close(
        closeReason('PROTOCOL_VIOLATION', 'Its DISCONNECT prolongs a session that CONNECT had not (3.14.2.2.2).'),
      );
    } else {
      const detail = reasonCode < FAILURE ? undefined : `Its reason code is 0x${reasonCode.toString(16)}.`;
      this.close(closeReason('CLIENT_DISCONNECT', detail));
    }
  }

  #subscribe({ packetId, subscriptions, properties }: SubscribePacket): void {
    const granted = new Map<SubscribeRoute<P>, 0 | 1>();
    const identifiers = properties?.subscriptionIdentifiers;
    const ofMessages = identifiers === undefined ? undefined : { subscriptionIdentifiers: identifiers };
    const returnCodes = subscriptions.map((subscription) => this.#grant(subscription, ofMessages, granted));
    this.#outgoing.send(encodeSuback({ type: 'SUBACK', packetId, returnCodes }, this.#client.level));
    for (const [route, qos] of granted) {
      if (this.#isOpen) route.subscribed(this, qos);
    }
  }

  /** A route named twice in one SUBSCRIBE is called once: else a small packet could ask for many large ones. */
  #grant(
    { filter, qos }: Subscription,
    properties: GrantedSubscription['properties'],
    granted: Map<SubscribeRoute<P>, 0 | 1>,
  ): SubackReturnCode {
    const kind = this.#context.topics.subscribeFilter(this.principal.deviceId, filter);
    const route = kind === undefined ? undefined : this.#context.subscribeRoutes.get(kind);
    if (kind === undefined || route === undefined) return refusedFilterCode(filter, this.#client.level);
    const grantedQoS = qos === 0 ? 0 : 1;
    this.#subscriptions.set(kind, { qos: grantedQoS, properties });
    granted.set(route, grantedQoS);
    return grantedQoS;
  }

  #unsubscribe({ packetId, filters }: UnsubscribePacket): void {
    const { SUCCESS, NO_SUBSCRIPTION_EXISTED } = REASON_CODES;
    const reasonCodes = filters.map((filter) => {
      const kind = this.#context.topics.subscribeFilter(this.principal.deviceId, filter);
      const existed = kind !== undefined && this.#subscriptions.delete(kind);
      return existed ? SUCCESS.code : NO_SUBSCRIPTION_EXISTED.code;
    });
    this.#outgoing.send(encodeUnsuback({ type: 'UNSUBACK', packetId, reasonCodes }, this.#client.level));
  }
}
