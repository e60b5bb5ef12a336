import type { Acknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Principal } from '../hooks.ts';
import type { SessionMessage } from '../keptSessions/sessionMessage.ts';
import { FAILURE } from './failure.ts';
import type { OpenSession } from './openSession.ts';
import type { OutgoingMessages } from './outgoingMessages.ts';
import type { PublishSender } from './publishSender.ts';

/**
 * What a device answers to the messages that it is sent: PUBACK at QoS 1, PUBREC and PUBCOMP at QoS 2, MQTT 5.0, section
 * 4.3. An answer to nothing is none of a fault: it may belong to an exchange with another server.
 */
export class IncomingAcknowledgements<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #session: OpenSession<P>;
  readonly #sender: PublishSender<P>;
  readonly #messages: OutgoingMessages<P>;

  constructor(
    context: BridgeContext<P>,
    session: OpenSession<P>,
    sender: PublishSender<P>,
    messages: OutgoingMessages<P>,
  ) {
    this.#context = context;
    this.#session = session;
    this.#sender = sender;
    this.#messages = messages;
  }

  puback({ packetId, reasonCode = 0 }: Acknowledgement<'PUBACK'>): void {
    const message = this.#answered(packetId);
    if (message === undefined) return;
    if (message.qos === 2) this.#outOfPlace(message, 'PUBACK');
    else if (reasonCode >= FAILURE) this.#refused(message);
    else this.#done(message);
  }

  pubrec({ packetId, reasonCode = 0 }: Acknowledgement<'PUBREC'>): void {
    const message = this.#answered(packetId);
    const isFailure = reasonCode >= FAILURE;
    if (message?.qos === 1) this.#outOfPlace(message, 'PUBREC');
    else if (message !== undefined && isFailure) this.#refused(message);
    else if (message !== undefined && !message.isReleased) this.#release(message, packetId);
    else if (!isFailure) this.#sender.pubrel(packetId);
  }

  pubcomp({ packetId }: Acknowledgement<'PUBCOMP'>): void {
    const message = this.#answered(packetId);
    if (message === undefined) return;
    if (message.isReleased) this.#done(message);
    else this.#outOfPlace(message, 'PUBCOMP');
  }

  /** The message that was sent on this connection with this identifier. */
  #answered(packetId: number): SessionMessage | undefined {
    const message = this.#session.state.window.get(packetId);
    return message?.isOnItsWay === true ? message : undefined;
  }

  #done(message: SessionMessage): void {
    const { state } = this.#session;
    const { key, window } = state;
    window.remove(message);
    state.storeOf(message).write({ type: 'MESSAGE_SETTLED', key, sequence: message.sequence });
    message.tell(true);
    this.#messages.sendWaiting();
  }

  #refused(message: SessionMessage): void {
    this.#context.keptSessions.drop(this.#session.state, message, 'REFUSED');
    this.#messages.sendWaiting();
  }

  /** The device has the message. After a crash it must not be sent again: it would be another one to the device. */
  #release(message: SessionMessage, packetId: number): void {
    const { key, store, window } = this.#session.state;
    window.release(message);
    message.tell(true);
    store.write({ type: 'MESSAGE_RELEASED', key, sequence: message.sequence }, (error) => {
      if (!this.#session.isOpen) return;
      if (error === undefined) this.#sender.pubrel(packetId);
      else this.#session.close(closeReason('NOT_STORED'));
    });
  }

  #outOfPlace({ qos }: SessionMessage, type: 'PUBACK' | 'PUBREC' | 'PUBCOMP'): void {
    this.#session.close(closeReason('PROTOCOL_VIOLATION', `It answered a message at QoS ${qos} with ${type}.`));
  }
}
