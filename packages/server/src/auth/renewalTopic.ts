// docs/protocol.md, "Renewal inside the session".
import type { Logger } from 'pino';
import type { PublishOutcome, PublishRoute, Session } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { DEVICE_CLOSE_REASONS } from './deviceCloseReasons.ts';
import type { DeviceLogin } from './deviceLogin.ts';
import type { SessionNotices } from './sessionNotices.ts';

export interface RenewalTopicParts {
  readonly login: Pick<DeviceLogin, 'renew'>;
  readonly notices: SessionNotices;
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * `/devices/{device}/token`: a new token for the open session. It goes to the login and nowhere else; a refused one leaves
 * the session as it was, so that a device with a wrong clock can try again with a ticket.
 */
export function renewalTopic({ login, notices, logger }: RenewalTopicParts): PublishRoute<DevicePrincipal> {
  const underWay = new WeakSet<Session<DevicePrincipal>>();

  async function renew(
    session: Session<DevicePrincipal>,
    token: Uint8Array,
    packetId: number | undefined,
    outcome: PublishOutcome,
  ): Promise<void> {
    underWay.add(session);
    try {
      const verdict = await login.renew(session, token);
      if (packetId !== undefined) outcome.accepted(packetId);
      if (verdict.accepted) session.renew(verdict);
      else notices.tell(session, 'refused');
    } catch (error) {
      logger.error({ session: session.epoch, err: error }, 'deciding a renewal failed');
      outcome.refused(DEVICE_CLOSE_REASONS.deviceUnreadable, packetId);
    } finally {
      underWay.delete(session);
    }
  }

  return {
    kind: 'token',
    publish(session, _subfolder, payload, packetId, outcome) {
      if (underWay.has(session)) outcome.refused(DEVICE_CLOSE_REASONS.renewalUnderWay, packetId);
      else void renew(session, new Uint8Array(payload), packetId, outcome);
    },
  };
}
