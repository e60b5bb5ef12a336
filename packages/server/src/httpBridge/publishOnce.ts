import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { CloseReason, Principal, PublishRoute, Session } from '../bridge/hooks.ts';
import type { DeviceCaller } from './deviceCaller.ts';

/** QoS 1: a message with a packet identifier is told its fate. A call has one message. */
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
 * Publishes one message on an MQTT topic's route, with the limits and the durability that it has there: resolves when the
 * message is where its PUBACK would have promised it to be.
 *
 * @throws PublishRefused
 */
export function publishOnce<P extends Principal>(
  route: PublishRoute<P>,
  caller: DeviceCaller<P>,
  subfolder: string,
  payload: Uint8Array,
  nowMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outcome = {
      accepted: () => resolve(),
      refused: (reason: CloseReason) => reject(new PublishRefused(reason)),
    };
    route.publish(sessionOfCall(caller, nowMs), subfolder, payload, PACKET_ID, outcome);
  });
}

/** A refusal as an answer of the API. IoT Core's texts for closed connections begin with who closed them. */
export function refusalError({ code, status = 'INTERNAL', message, retryAfterSeconds }: CloseReason): MkiotError {
  // What a device may send is counted by the second, where the reason does not know better.
  const laterSeconds = retryAfterSeconds ?? (status === 'RESOURCE_EXHAUSTED' ? 1 : undefined);
  const row = { status, blame: 'caller', message: message.replace(/^SERVER: /, '') } as const;
  return new MkiotError(code, row, { retryAfterSeconds: laterSeconds });
}

/** What a publish route sees of a call: a session that ends with it and hears nothing. No directory has it. */
function sessionOfCall<P extends Principal>(
  { device, clientId, remoteAddress }: DeviceCaller<P>,
  openedAtMs: number,
): Session<P> {
  return {
    principal: device,
    clientId,
    endsAtMs: openedAtMs,
    // Older than every session over MQTT: a call must never pass for a device's newest connection.
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
