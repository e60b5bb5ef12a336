import { type Acknowledgement, encodeAcknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { CloseReason, Principal, PublishOutcome } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { AcknowledgementOrder, type AcknowledgementSink } from './acknowledgementOrder.ts';
import type { OpenSession } from './openSession.ts';
import type { PublishTarget } from './publishTopics.ts';

/**
 * What a device publishes at QoS 2, MQTT 5.0, section 4.3.3: PUBREC when the message and its identifier are stored, and
 * not again before PUBREL has freed the identifier. The outcome of a message that was begun on an earlier connection of
 * the session is told here too, and answered on the one that is open.
 */
export class ExactlyOnce<P extends Principal> implements PublishOutcome, AcknowledgementSink {
  readonly #session: OpenSession<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  /** Of the PUBRECs, MQTT-4.6.0-3. */
  readonly #order = new AcknowledgementOrder();

  constructor(session: OpenSession<P>, outgoing: Outgoing, client: ClientTerms) {
    this.#session = session;
    this.#outgoing = outgoing;
    this.#client = client;
    session.state.received.observer = this;
  }

  /** How many messages are being stored. */
  get waiting(): number {
    return this.#order.waiting;
  }

  publish({ route, subfolder }: PublishTarget<P>, packetId: number, packet: PublishPacket): void {
    const { received } = this.#session.state;
    const state = received.state(packetId);
    // Sent again on the same connection: the PUBREC is on its way.
    if (state === 'STORING' && this.#order.has(packetId)) return;
    this.#order.received(packetId);
    if (state === 'STORED') this.#order.accepted(packetId, 0, this);
    if (state !== 'UNKNOWN') return;
    received.storing(packetId);
    route.publish(this.#session, subfolder, packet.payload, packetId, this, packet);
  }

  /** The message is stored; what remains is the identifier, without which it would be stored once more after a restart. */
  accepted(packetId: number): void {
    const { key, received, store } = this.#session.state;
    if (received.state(packetId) !== 'STORING') return;
    store.write({ type: 'RECEIVED', key, packetId }, (error) => {
      if (error !== undefined) received.observer?.lost(closeReason('NOT_STORED'));
      received.stored(packetId);
    });
  }

  refused(reason: CloseReason, packetId: number | undefined): void {
    this.#session.state.received.lost(packetId, reason);
  }

  stored(packetId: number): void {
    if (this.#session.isOpen) this.#order.accepted(packetId, 0, this);
  }

  lost(reason: CloseReason): void {
    this.#session.close(reason);
  }

  /** The PUBREC of a message whose turn has come. */
  acknowledge(packetId: number): void {
    this.#outgoing.send(encodeAcknowledgement({ type: 'PUBREC', packetId }, this.#client.level));
  }

  /** A PUBREL came. One for nothing belongs to an exchange with another server, which is brought to its end. */
  release({ packetId }: Acknowledgement<'PUBREL'>): void {
    const { key, received, store } = this.#session.state;
    const state = received.state(packetId);
    if (state === 'STORING') {
      this.#session.close(closeReason('PROTOCOL_VIOLATION', 'It sent a PUBREL before the PUBREC.'));
      return;
    }
    if (state === 'UNKNOWN') {
      this.#complete(packetId);
      return;
    }
    received.forget(packetId);
    // After the PUBCOMP the device may use the identifier for another message: no restart may know it then.
    store.write({ type: 'COMPLETED', key, packetId }, (error) => {
      if (error === undefined) this.#complete(packetId);
      else this.#session.close(closeReason('NOT_STORED'));
    });
  }

  #complete(packetId: number): void {
    if (!this.#session.isOpen) return;
    this.#outgoing.send(encodeAcknowledgement({ type: 'PUBCOMP', packetId }, this.#client.level));
  }
}
