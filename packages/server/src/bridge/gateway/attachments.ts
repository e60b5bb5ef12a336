import type { GatewayErrorMessage } from '@mkiot/core/contract/gatewayErrors';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { CloseReason, LoginTerms, Principal } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { OpenSession } from '../session/openSession.ts';
import { PublishSender } from '../session/publishSender.ts';
import { AttachedMessages } from './attachedMessages.ts';
import { AttachedSession } from './attachedSession.ts';
import type { GatewayAcknowledgements } from './gatewayAcknowledgements.ts';
import type { GatewayFeedback } from './gatewayFeedback.ts';

/** What the attachments of one gateway stand on. */
export interface GatewayParts<P extends Principal> {
  readonly context: BridgeContext<P>;
  /** The gateway's own session. */
  readonly session: OpenSession<P>;
  readonly outgoing: Outgoing;
  readonly client: ClientTerms;
}

/**
 * The devices that are attached to one gateway. Each has a session in the directory, where it is like any other: the newer
 * session of a device ends the older one, on whatever connection.
 */
export class Attachments<P extends Principal> {
  readonly #parts: GatewayParts<P>;
  readonly #feedback: GatewayFeedback;
  readonly #sessions = new Map<string, AttachedSession<P>>();

  constructor(parts: GatewayParts<P>, feedback: GatewayFeedback) {
    this.#parts = parts;
    this.#feedback = feedback;
  }

  /** Whether this one or one more may be attached. */
  hasRoomFor(deviceId: string): boolean {
    return this.#sessions.size < this.#parts.context.limits.attachedDevices || this.#sessions.has(deviceId);
  }

  get(deviceId: string): AttachedSession<P> | undefined {
    return this.#sessions.get(deviceId);
  }

  /** The device speaks through the gateway from here on; one that does already goes on under these terms. */
  open(terms: LoginTerms<P>, epoch: number, acknowledgements: GatewayAcknowledgements): void {
    const { context, session: gateway, outgoing, client } = this.#parts;
    const { key, deviceId } = terms.principal;
    const known = this.#sessions.get(deviceId);
    if (known?.principal.key === key) {
      known.renew(terms);
      return;
    }
    known?.close(closeReason('TAKEN_OVER'));
    context.directory.get(key)?.close(closeReason('TAKEN_OVER'));
    // It may have been the gateway's own.
    if (!gateway.isOpen) return;
    const sender = new PublishSender(context, deviceId, outgoing, client);
    const session = new AttachedSession<P>({
      gateway,
      epoch,
      openedAtMs: context.clock.now(),
      terms,
      messages: new AttachedMessages(gateway.state, sender, context.clock),
      acknowledgements,
      renewed: (renewed) => context.hooks.renewed(renewed),
      ended: (...end) => this.#ended(...end),
    });
    this.#sessions.set(deviceId, session);
    context.directory.enter(session);
    context.hooks.opened(session);
  }

  /** @returns whether it was attached */
  detach(deviceId: string): boolean {
    const session = this.#sessions.get(deviceId);
    session?.close(closeReason('DETACHED'));
    return session !== undefined;
  }

  /** The connection of the gateway is over, and with it every attachment. */
  end(): void {
    for (const session of this.#sessions.values()) session.close(closeReason('GATEWAY_GONE'));
  }

  /** Ends the sessions whose own time is over. */
  sweep(wallClockMs: number): void {
    for (const session of this.#sessions.values()) session.sweep(wallClockMs);
  }

  #ended(session: AttachedSession<P>, reason: CloseReason, message: GatewayErrorMessage | undefined): void {
    const { directory, hooks } = this.#parts.context;
    const { deviceId } = session.principal;
    this.#sessions.delete(deviceId);
    directory.leave(session);
    hooks.closed(session, reason);
    // What the gateway has done itself it knows.
    if (reason.by === 'SERVER') this.#feedback.tell({ type: 'GATEWAY_DETACHMENT_DEVICE_ERROR', deviceId, message });
  }
}
