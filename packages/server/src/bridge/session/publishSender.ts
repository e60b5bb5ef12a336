import { encodeAcknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import { encodePublish } from '@mkiot/core/mqtt/publish';
import type { QoS } from '@mkiot/core/mqtt/qos';
import type { BridgeContext } from '../bridgeContext.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { MessageProperties } from '../deliveryTerms.ts';
import type { Principal } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';

/** What goes into a PUBLISH to a device. */
interface Publication {
  readonly kind: string;
  readonly subfolder: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly properties: MessageProperties | undefined;
}

/** Writes PUBLISH and PUBREL to one connection, as its client takes them. */
export class PublishSender<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #deviceId: string;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;

  constructor(context: BridgeContext<P>, deviceId: string, outgoing: Outgoing, client: ClientTerms) {
    this.#context = context;
    this.#deviceId = deviceId;
    this.#outgoing = outgoing;
    this.#client = client;
  }

  /** Whether the device reads what it is sent. */
  get hasRoom(): boolean {
    return this.#outgoing.waitingBytes < this.#context.limits.outgoingBytes;
  }

  /**
   * @param identifiers the subscription identifiers of the message
   * @returns the packet, or `undefined`: the client takes none as long
   */
  encode(
    { kind, subfolder, payload, qos, properties: ofMessage }: Publication,
    identifiers: readonly number[] | undefined,
    packetId?: number,
    dup = false,
  ): Uint8Array | undefined {
    const topic = this.#context.topics.deliveryTopic(this.#deviceId, kind, subfolder);
    const message = { type: 'PUBLISH', topic, payload, qos, retain: false, dup, packetId } as const;
    const properties = identifiers === undefined ? ofMessage : { ...ofMessage, subscriptionIdentifiers: identifiers };
    const bytes = encodePublish(properties === undefined ? message : { ...message, properties }, this.#client.level);
    return bytes.length > this.#client.maximumPacketBytes ? undefined : bytes;
  }

  publish(packet: Uint8Array, payloadBytes: number): void {
    this.#outgoing.send(packet);
    this.#context.counts.messagesDelivered++;
    this.#context.counts.messageBytesDelivered += payloadBytes;
  }

  pubrel(packetId: number): void {
    this.#outgoing.send(encodeAcknowledgement({ type: 'PUBREL', packetId }, this.#client.level));
  }
}
