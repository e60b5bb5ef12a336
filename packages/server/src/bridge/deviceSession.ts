import { type DeviceTopicKind, formatDeviceTopic, parseDeviceFilter } from '@mkiot/core/contract/deviceTopics';
import type { Packet } from '@mkiot/core/mqtt/packet';
import { encodePingresp } from '@mkiot/core/mqtt/pingresp';
import { encodePublish, type PublishPacket } from '@mkiot/core/mqtt/publish';
import { encodeSuback, SUBACK_FAILURE, type SubackReturnCode } from '@mkiot/core/mqtt/suback';
import type { SubscribePacket, Subscription } from '@mkiot/core/mqtt/subscribe';
import { encodeUnsuback } from '@mkiot/core/mqtt/unsuback';
import type { UnsubscribePacket } from '@mkiot/core/mqtt/unsubscribe';
import type { BridgeContext } from './bridgeContext.ts';
import { closeReason } from './closeReasons.ts';
import type { CloseReason, Principal, PublishOutcome, Session, SubscribeRoute } from './hooks.ts';
import { InFlightWindow } from './inFlightWindow.ts';
import type { Outgoing } from './outgoing.ts';
import { PubackOrder } from './pubackOrder.ts';
import { PublishTopics } from './publishTopics.ts';

/** The connection under a session, as far as the session has to know it. */
export interface SessionConnection {
  readonly remoteAddress: string;
  readonly outgoing: Outgoing;
  close(reason: CloseReason): void;
}

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
  readonly #outgoing: Outgoing;
  readonly #topics: PublishTopics<P>;
  readonly #pubackOrder = new PubackOrder();
  readonly #inFlight: InFlightWindow;
  readonly #subscriptions = new Map<string, 0 | 1>();
  #isOpen = true;

  constructor(context: BridgeContext<P>, connection: SessionConnection, principal: P, epoch: number) {
    this.principal = principal;
    this.epoch = epoch;
    this.remoteAddress = connection.remoteAddress;
    this.openedAtMs = context.clock.now();
    this.#context = context;
    this.#connection = connection;
    this.#outgoing = connection.outgoing;
    this.#topics = new PublishTopics(principal.deviceId, context.publishRoutes);
    this.#inFlight = new InFlightWindow(context.limits.inFlight);
  }

  /** QoS 1 messages of the device whose fate is not known yet. */
  get unsettledPublishes(): number {
    return this.#pubackOrder.waiting;
  }

  /** Does what `packet` asks for. */
  handle(packet: Packet): void {
    switch (packet.type) {
      case 'PUBLISH':
        this.#publish(packet);
        break;
      case 'PUBACK':
        this.#inFlight.acknowledged(packet.packetId);
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
      case 'DISCONNECT':
        this.close(closeReason('CLIENT_DISCONNECT'));
        break;
      default:
        // A second CONNECT (MQTT-3.1.0-2), or an answer to a QoS 2 message that nobody sent.
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
    return this.#subscriptions.get(kind);
  }

  deliver(kind: string, subfolder: string, payload: Uint8Array, done: (delivered: boolean) => void): void {
    const qos = this.#subscriptions.get(kind);
    const hasRoom = this.#isOpen && this.#outgoing.waitingBytes < this.#context.limits.outgoingBytes;
    const packetId = hasRoom && qos === 1 ? this.#inFlight.freePacketId() : undefined;
    if (!hasRoom || qos === undefined || (qos === 1 && packetId === undefined)) {
      done(false);
      return;
    }
    // Only kinds of the contract are ever granted.
    const topic = formatDeviceTopic({ device: this.principal.deviceId, kind: kind as DeviceTopicKind, subfolder });
    this.#outgoing.send(encodePublish({ type: 'PUBLISH', topic, payload, qos, retain: false, dup: false, packetId }));
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
    const { counts } = this.#context;
    const target = this.#topics.find(packet.topic);
    if (packet.qos === 2) {
      this.close(closeReason('QOS_2'));
    } else if (target === undefined) {
      const shown = JSON.stringify(packet.topic.slice(0, SHOWN_TOPIC_CHARACTERS));
      this.close(closeReason('TOPIC_NOT_ALLOWED', `The topic is ${shown}.`));
    } else {
      counts.messagesReceived++;
      counts.messageBytesReceived += packet.payload.length;
      if (packet.packetId !== undefined) this.#pubackOrder.received(packet.packetId);
      target.route.publish(this, target.subfolder, packet.payload, packet.packetId, this);
    }
  }

  #subscribe({ packetId, subscriptions }: SubscribePacket): void {
    const granted = new Map<SubscribeRoute<P>, 0 | 1>();
    const returnCodes = subscriptions.map((subscription) => this.#grant(subscription, granted));
    this.#outgoing.send(encodeSuback({ type: 'SUBACK', packetId, returnCodes }));
    for (const [route, qos] of granted) {
      if (this.#isOpen) route.subscribed(this, qos);
    }
  }

  /** A route named twice in one SUBSCRIBE is called once: else a small packet could ask for many large ones. */
  #grant({ filter, qos }: Subscription, granted: Map<SubscribeRoute<P>, 0 | 1>): SubackReturnCode {
    const parsed = parseDeviceFilter(filter);
    const route = parsed === undefined ? undefined : this.#context.subscribeRoutes.get(parsed.kind);
    if (route === undefined || parsed?.device !== this.principal.deviceId) return SUBACK_FAILURE;
    const grantedQoS = qos === 0 ? 0 : 1;
    this.#subscriptions.set(parsed.kind, grantedQoS);
    granted.set(route, grantedQoS);
    return grantedQoS;
  }

  #unsubscribe({ packetId, filters }: UnsubscribePacket): void {
    for (const filter of filters) {
      const parsed = parseDeviceFilter(filter);
      if (parsed?.device === this.principal.deviceId) this.#subscriptions.delete(parsed.kind);
    }
    this.#outgoing.send(encodeUnsuback({ type: 'UNSUBACK', packetId }));
  }
}
