import type { GatewayErrorMessage } from '@mkiot/core/contract/gatewayErrors';
import type { PublishPacket } from '@mkiot/core/mqtt/publish';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { QoS } from '@mkiot/core/mqtt/qos';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { DeliveryTerms } from '../deliveryTerms.ts';
import type { CloseReason, LoginTerms, Principal, PublishOutcome, PublishRoute, Session } from '../hooks.ts';
import type { MessageFate } from '../keptSessions/sessionMessage.ts';
import type { AttachedMessages } from './attachedMessages.ts';
import type { GatewayAcknowledgements } from './gatewayAcknowledgements.ts';

export interface AttachedSessionParts<P extends Principal> {
  /** The session on whose connection the device speaks. */
  readonly gateway: Session<P>;
  readonly epoch: number;
  readonly openedAtMs: number;
  readonly terms: LoginTerms<P>;
  readonly messages: AttachedMessages;
  readonly acknowledgements: GatewayAcknowledgements;
  renewed(session: AttachedSession<P>): void;
  /** It has ended; `message` is what the gateway has sent that was the cause. */
  ended(session: AttachedSession<P>, reason: CloseReason, message: GatewayErrorMessage | undefined): void;
}

/**
 * The session of a device that speaks through a gateway. It has subscriptions and an end of its own, and of the gateway the
 * connection. A message of it that is refused ends it, and not the gateway's.
 */
export class AttachedSession<P extends Principal> implements Session<P>, PublishOutcome {
  readonly #parts: AttachedSessionParts<P>;
  #terms: LoginTerms<P>;
  #isOpen = true;
  #lastHeardAtMs: number;
  /** Topics of the QoS 1 messages whose fate is open, by packet identifier. */
  readonly #publishing = new Map<number, string>();

  constructor(parts: AttachedSessionParts<P>) {
    this.#parts = parts;
    this.#terms = parts.terms;
    this.#lastHeardAtMs = parts.openedAtMs;
  }

  get principal(): P {
    return this.#terms.principal;
  }

  get clientId(): string {
    return this.#parts.gateway.clientId;
  }

  get endsAtMs(): number {
    return Math.min(this.#terms.endsAtMs, this.#parts.gateway.endsAtMs);
  }

  get epoch(): number {
    return this.#parts.epoch;
  }

  get remoteAddress(): string {
    return this.#parts.gateway.remoteAddress;
  }

  get openedAtMs(): number {
    return this.#parts.openedAtMs;
  }

  get protocolLevel(): ProtocolLevel {
    return this.#parts.gateway.protocolLevel;
  }

  get keepAliveSeconds(): number {
    return this.#parts.gateway.keepAliveSeconds;
  }

  /** When the gateway last had a message of the device. */
  get lastHeardAtMs(): number {
    return this.#lastHeardAtMs;
  }

  get expectedByMs(): number {
    return this.#parts.gateway.expectedByMs;
  }

  subscriptionQos(kind: string): QoS | undefined {
    return this.#parts.messages.subscriptions.get(kind)?.qos;
  }

  deliver(kind: string, subfolder: string, payload: Uint8Array, done: MessageFate, terms?: DeliveryTerms): void {
    this.#parts.messages.deliver(kind, subfolder, payload, done, terms);
  }

  subscribe(kind: string, qos: QoS, identifiers: readonly number[] | undefined): void {
    this.#parts.messages.subscriptions.set(kind, { qos, identifiers });
  }

  /** @returns whether there was a subscription */
  unsubscribe(kind: string): boolean {
    return this.#parts.messages.subscriptions.delete(kind);
  }

  /** The gateway has published for the device. */
  publish(route: PublishRoute<P>, subfolder: string, topic: string, packet: PublishPacket, nowMs: number): void {
    const { packetId, payload } = packet;
    this.#lastHeardAtMs = nowMs;
    if (packetId !== undefined) this.#publishing.set(packetId, topic);
    route.publish(this, subfolder, payload, packetId, this, packet);
  }

  /** What is on disk is acknowledged though the device was detached meanwhile: the gateway waits for it. */
  accepted(packetId: number, reasonCode?: number): void {
    this.#publishing.delete(packetId);
    this.#parts.acknowledgements.accepted(packetId, reasonCode);
  }

  refused(reason: CloseReason, packetId: number | undefined): void {
    if (packetId === undefined) {
      this.#end(reason, undefined);
      return;
    }
    const topic = this.#publishing.get(packetId) ?? '';
    this.#publishing.delete(packetId);
    this.#parts.acknowledgements.dropped(packetId, REASON_CODES.IMPLEMENTATION_SPECIFIC_ERROR.code);
    this.#end(reason, { type: 'PUBLISH', topic, packetId });
  }

  renew(terms: LoginTerms<P>): void {
    if (!this.#isOpen) return;
    this.#terms = terms;
    this.#parts.renewed(this);
  }

  /** Ends the session if its own time is over. */
  sweep(wallClockMs: number): void {
    if (wallClockMs >= this.#terms.endsAtMs) this.close(this.#terms.endReason);
  }

  close(reason: CloseReason): void {
    this.#end(reason, undefined);
  }

  #end(reason: CloseReason, message: GatewayErrorMessage | undefined): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#parts.messages.end();
    this.#parts.ended(this, reason, message);
  }
}
