import { type Acknowledgement, encodeAcknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import { encodePublish } from '@mkiot/core/mqtt/publish';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { Principal, Session } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { FAILURE } from './failure.ts';
import { InFlightWindow } from './inFlightWindow.ts';
import type { GrantedSubscription } from './subscriptions.ts';

/** The session to whose device the messages go. */
interface Receiver<P extends Principal> extends Session<P> {
  readonly isOpen: boolean;
}

/** What is published to a device, until it has acknowledged it. */
export class OutgoingMessages<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #session: Receiver<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  readonly #inFlight: InFlightWindow;

  constructor(context: BridgeContext<P>, session: Receiver<P>, outgoing: Outgoing, client: ClientTerms) {
    this.#context = context;
    this.#session = session;
    this.#outgoing = outgoing;
    this.#client = client;
    this.#inFlight = new InFlightWindow(Math.min(context.limits.inFlight, client.receiveMaximum));
  }

  /** `done` as {@link Session.deliver} says. */
  deliver(
    subscription: GrantedSubscription | undefined,
    kind: string,
    subfolder: string,
    payload: Uint8Array,
    done: (delivered: boolean) => void,
  ): void {
    const hasRoom = this.#session.isOpen && this.#outgoing.waitingBytes < this.#context.limits.outgoingBytes;
    const packetId = hasRoom && subscription?.qos === 1 ? this.#inFlight.freePacketId() : undefined;
    if (!hasRoom || subscription === undefined || (subscription.qos === 1 && packetId === undefined)) {
      done(false);
      return;
    }
    const { qos, properties } = subscription;
    const topic = this.#context.topics.deliveryTopic(this.#session.principal.deviceId, kind, subfolder);
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

  /** A PUBACK came. */
  acknowledged({ packetId, reasonCode = 0 }: Acknowledgement<'PUBACK'>): void {
    this.#inFlight.acknowledged(packetId, reasonCode < FAILURE);
  }

  /** We send nothing at QoS 2: a PUBREC belongs to an exchange with another server, which is brought to its end. */
  received({ packetId, reasonCode = 0 }: Acknowledgement<'PUBREC'>): void {
    if (this.#inFlight.has(packetId)) this.#answeredAtQoS2('PUBREC');
    else if (reasonCode < FAILURE) {
      this.#outgoing.send(encodeAcknowledgement({ type: 'PUBREL', packetId }, this.#client.level));
    }
  }

  completed({ packetId }: Acknowledgement<'PUBCOMP'>): void {
    if (this.#inFlight.has(packetId)) this.#answeredAtQoS2('PUBCOMP');
  }

  /** The session is over: nothing will be acknowledged. */
  abandon(): void {
    this.#inFlight.abandon();
  }

  #answeredAtQoS2(type: 'PUBREC' | 'PUBCOMP'): void {
    this.#session.close(closeReason('PROTOCOL_VIOLATION', `It answered a message at QoS 1 with ${type}.`));
  }
}
