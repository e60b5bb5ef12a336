// docs/protocol.md, "Renewal inside the session".
import type { Clock } from '@mkiot/core/clock/clock';
import { encodeSessionNotice, type SessionNotice } from '@mkiot/core/deviceLogin/sessionNotice';
import type { Session, SubscribeRoute } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';

/** Tells a device on `/devices/{device}/session` when its session will end. Heard by who has subscribed. */
export class SessionNotices implements SubscribeRoute<DevicePrincipal> {
  readonly kind = 'session';
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  subscribed(session: Session<DevicePrincipal>): void {
    this.tell(session, 'open');
  }

  /** A device that comes back to a kept session does not subscribe again. */
  resumed(session: Session<DevicePrincipal>): void {
    this.tell(session, 'open');
  }

  tell(session: Session<DevicePrincipal>, notice: SessionNotice['session']): void {
    const serverTimeMs = Math.floor(this.#clock.now());
    const endsInMs = Math.max(0, Math.floor(session.endsAtMs) - serverTimeMs);
    const payload = encodeSessionNotice({ session: notice, endsInMs, serverTimeMs });
    session.deliver(this.kind, '', payload, () => undefined);
  }
}
