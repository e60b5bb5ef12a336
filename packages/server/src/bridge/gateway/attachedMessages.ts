import type { Clock } from '@mkiot/core/clock/clock';
import type { DeliveryTerms, MessageProperties } from '../deliveryTerms.ts';
import type { Principal } from '../hooks.ts';
import type { MessageFate, SessionMessage } from '../keptSessions/sessionMessage.ts';
import type { GrantedSubscription, SessionState } from '../keptSessions/sessionState.ts';
import type { PublishSender } from '../session/publishSender.ts';

interface SurePublication {
  readonly kind: string;
  readonly subfolder: string;
  readonly payload: Uint8Array;
  readonly qos: 1;
  readonly properties: MessageProperties | undefined;
}

/**
 * What is published to an attached device. The packet identifiers are those of its gateway's connection, so its messages
 * stand in the gateway's window; like the attachment they end with the connection and are written nowhere.
 */
export class AttachedMessages {
  /** Each of the device's topics at most once. */
  readonly subscriptions = new Map<string, GrantedSubscription>();
  readonly #gateway: SessionState;
  readonly #sender: PublishSender<Principal>;
  readonly #clock: Clock;
  readonly #unacknowledged = new Set<SessionMessage>();

  /** @param sender to the device's topics */
  constructor(gateway: SessionState, sender: PublishSender<Principal>, clock: Clock) {
    this.#gateway = gateway;
    this.#sender = sender;
    this.#clock = clock;
  }

  /** As {@link Session.deliver} says, at QoS 1 at most. */
  deliver(
    kind: string,
    subfolder: string,
    payload: Uint8Array,
    done: MessageFate,
    { qos: wanted, properties }: DeliveryTerms = {},
  ): void {
    const granted = this.subscriptions.get(kind);
    if (granted === undefined || !this.#sender.hasRoom) {
      done(false);
      return;
    }
    const { qos, identifiers } = granted;
    const publication = { kind, subfolder, payload, properties };
    if (qos > 0 && wanted !== 0) {
      this.#sendSurely({ ...publication, qos: 1 }, identifiers, done);
      return;
    }
    const packet = this.#sender.encode({ ...publication, qos: 0 }, identifiers);
    if (packet !== undefined) this.#sender.publish(packet, payload.length);
    done(packet !== undefined);
  }

  /** Nothing is delivered any more. Packet identifiers stay in use until the gateway has acknowledged them. */
  end(): void {
    this.subscriptions.clear();
    for (const message of this.#unacknowledged) message.tell(false);
  }

  #sendSurely(publication: SurePublication, identifiers: readonly number[] | undefined, done: MessageFate): void {
    const { window } = this.#gateway;
    if (window.isFull || window.hasWaiting) {
      done(false);
      return;
    }
    const message = this.#gateway.compose(publication, this.#clock.now(), undefined, (delivered) => {
      this.#unacknowledged.delete(message);
      done(delivered);
    });
    window.add(message);
    const packetId = window.send(message);
    const packet = this.#sender.encode(publication, identifiers, packetId);
    if (packet === undefined) {
      window.remove(message);
      message.tell(false);
      return;
    }
    this.#unacknowledged.add(message);
    message.wasSent = true;
    this.#sender.publish(packet, publication.payload.length);
  }
}
