import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { DeliveryTerms } from '../deliveryTerms.ts';
import type { Principal } from '../hooks.ts';
import type { MessageFate, SessionMessage } from '../keptSessions/sessionMessage.ts';
import type { SessionState } from '../keptSessions/sessionState.ts';
import type { OpenSession } from './openSession.ts';
import type { PublishSender } from './publishSender.ts';

/** What is published to a device over one connection. What outlives the connection is in the session state. */
export class OutgoingMessages<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #session: OpenSession<P>;
  readonly #sender: PublishSender<P>;
  readonly #state: SessionState;

  /** @param limit how many messages may be on their way at a time */
  constructor(context: BridgeContext<P>, session: OpenSession<P>, sender: PublishSender<P>, limit: number) {
    this.#context = context;
    this.#session = session;
    this.#sender = sender;
    this.#state = session.state;
    this.#state.window.begin(limit);
    this.#state.onQueued = (): void => this.sendWaiting();
  }

  /** As {@link Session.deliver} says. */
  deliver(
    kind: string,
    subfolder: string,
    payload: Uint8Array,
    done: MessageFate,
    terms: DeliveryTerms | undefined,
  ): void {
    const qos = this.#session.isOpen ? this.#state.messageQoS(kind, terms) : undefined;
    if (qos === undefined) {
      done(false);
      return;
    }
    const publication = { kind, subfolder, payload, qos, properties: terms?.properties };
    if (qos === 0) {
      const packet = this.#sender.hasRoom
        ? this.#sender.encode(publication, this.#state.subscriptions.get(kind)?.identifiers)
        : undefined;
      if (packet !== undefined) this.#sender.publish(packet, payload.length);
      done(packet !== undefined);
      return;
    }
    // At QoS 2 it could not end with the connection: the device would hold its identifier.
    const surely = { ...publication, qos: terms === undefined ? 1 : qos } as const;
    const message = this.#state.compose(surely, this.#context.clock.now(), terms, done);
    this.#add(message, terms?.mayWait === true);
  }

  /** Sends what waits, as far as there is room for it. */
  sendWaiting(): void {
    const { window } = this.#state;
    while (window.hasWaiting && this.#session.isOpen && this.#sender.hasRoom) {
      const message = window.next();
      if (message === undefined) return;
      this.#send(message);
    }
  }

  /**
   * The session was kept: its routes learn of it, and what its device has not acknowledged is sent again, before anything
   * new (MQTT-4.4.0-1).
   */
  resume(): void {
    const { subscriptions, window } = this.#state;
    const session = this.#session;
    for (const message of window.values()) {
      const { kind, reference } = message;
      const route = reference === undefined ? undefined : this.#context.subscribeRoutes.get(kind);
      // Who waited for it on an earlier connection, or before a restart, is not there any more.
      if (route?.settled === undefined || reference === undefined || message.isReleased) continue;
      message.done = (delivered): void => route.settled?.(session, reference, delivered);
    }
    this.sendWaiting();
    for (const kind of subscriptions.keys()) {
      const pending = Array.from(window.values()).filter((message) => message.kind === kind && !message.isReleased);
      const references = pending.flatMap(({ reference }) => reference ?? []);
      if (session.isOpen) this.#context.subscribeRoutes.get(kind)?.resumed?.(session, references);
    }
  }

  /** The connection is over: of what does not outlive it nothing will be acknowledged. */
  ended(): void {
    const { key, window } = this.#state;
    this.#state.onQueued = undefined;
    const isKept = this.#context.keptSessions.get(key) === this.#state;
    for (const message of window.values()) {
      if (isKept && !message.isOfConnection) continue;
      window.remove(message);
      message.tell(false);
    }
  }

  #add(message: SessionMessage, mayWait: boolean): void {
    const { key, isKept, window } = this.#state;
    const isNext = this.#sender.hasRoom && !window.isFull && !window.hasWaiting;
    if (!isNext && !(mayWait && isKept && this.#context.keptSessions.hasRoom(this.#state, message.bytes))) {
      message.tell(false);
      return;
    }
    window.add(message);
    this.#state.storeOf(message).write({ type: 'MESSAGE_QUEUED', key, message: message.record });
    if (isNext) this.#send(message);
  }

  #send(message: SessionMessage): void {
    const packetId = this.#state.window.send(message);
    if (message.isReleased) this.#sender.pubrel(packetId);
    else if (message.hasExpired(this.#context.clock.now())) this.#expire(message, packetId);
    else this.#publish(message, packetId);
  }

  #publish(message: SessionMessage, packetId: number): void {
    const { key, subscriptions, window } = this.#state;
    const store = this.#state.storeOf(message);
    const { kind, payload, qos, sequence, wasSent } = message;
    const packet = this.#sender.encode(message, subscriptions.get(kind)?.identifiers, packetId, wasSent);
    if (packet === undefined) {
      this.#context.keptSessions.drop(this.#state, message, 'TOO_LARGE');
      return;
    }
    if (qos === 1 || wasSent) {
      message.wasSent = true;
      if (!wasSent) store.write({ type: 'MESSAGE_SENT', key, sequence, packetId });
      this.#sender.publish(packet, payload.length);
      return;
    }
    // After a crash it must not be sent under another identifier: the device would take it for another message.
    store.write({ type: 'MESSAGE_SENT', key, sequence, packetId }, (error) => {
      if (!this.#session.isOpen || !window.has(message)) return;
      message.wasSent = true;
      if (error === undefined) this.#sender.publish(packet, payload.length);
      else this.#session.close(closeReason('NOT_STORED'));
    });
  }

  #expire(message: SessionMessage, packetId: number): void {
    const { keptSessions } = this.#context;
    if (message.qos === 1 || !message.wasSent) {
      keptSessions.drop(this.#state, message, 'EXPIRED');
      return;
    }
    // The device may have it and wait for its PUBREL: the identifier is free only after that.
    keptSessions.tellDropped(this.#state, message, 'EXPIRED');
    const { key, store, window } = this.#state;
    window.release(message);
    store.write({ type: 'MESSAGE_RELEASED', key, sequence: message.sequence });
    this.#sender.pubrel(packetId);
  }
}
