import type { CloseReason, Principal, PublishedMessage, PublishRoute, Session } from './hooks.ts';

/** A device without a connection. */
export interface Publisher<P extends Principal> {
  readonly device: P;
  readonly clientId: string;
  readonly remoteAddress: string;
}

/** A message with a packet identifier is told its fate, and this is the only one. */
const PACKET_ID = 1;

/** Why the domain did not take a message. */
export class PublishRefused extends Error {
  readonly reason: CloseReason;

  constructor(reason: CloseReason) {
    super(reason.message);
    this.reason = reason;
  }
}

/**
 * Publishes one message of a device that has no connection for it on the route of its topic, with the limits and the
 * durability that it has there. The route has the message when this returns; it resolves when the message is where its PUBACK
 * would have promised it to be.
 *
 * @throws PublishRefused
 */
export function publishOnce<P extends Principal>(
  route: PublishRoute<P>,
  publisher: Publisher<P>,
  subfolder: string,
  payload: Uint8Array,
  nowMs: number,
  message?: PublishedMessage,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outcome = {
      accepted: () => resolve(),
      refused: (reason: CloseReason) => reject(new PublishRefused(reason)),
    };
    route.publish(sessionOf(publisher, nowMs), subfolder, payload, PACKET_ID, outcome, message);
  });
}

/** What a publish route sees: a session of one message that ends with it and hears nothing. No directory has it. */
function sessionOf<P extends Principal>(
  { device, clientId, remoteAddress }: Publisher<P>,
  openedAtMs: number,
): Session<P> {
  return {
    principal: device,
    clientId,
    endsAtMs: openedAtMs,
    // Older than every session over MQTT: a single message must never pass for a device's newest connection.
    epoch: 0,
    remoteAddress,
    openedAtMs,
    protocolLevel: 4,
    keepAliveSeconds: 0,
    lastHeardAtMs: openedAtMs,
    expectedByMs: openedAtMs,
    subscriptionQos: () => undefined,
    deliver: (_kind, _subfolder, _payload, done) => done(false),
    renew: () => undefined,
    close: () => undefined,
  };
}
