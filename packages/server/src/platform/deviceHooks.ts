import type { RefusalPauses } from '../admission/refusalPauses.ts';
import type { Clock } from '@mkiot/core/clock/clock';
import { STATUSES } from '@mkiot/core/errors/status';
import type { Logger } from 'pino';
import type { AuthenticationMethod, BridgeHooks, CloseReason, Session } from '../bridge/hooks.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import type { Slices } from './slices.ts';

/** Codes of connections that came to nothing. */
const ABANDONED: ReadonlySet<string> = new Set(['CONNECT_TIMEOUT', 'CONNECTION_LOST']);

export interface DeviceHookParts {
  readonly slices: Slices;
  readonly quotas: Quotas<DevicePrincipal>;
  readonly refusalPauses: RefusalPauses;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the bridge asks and tells, answered by the slices. */
export function deviceHooks(parts: DeviceHookParts): BridgeHooks<DevicePrincipal> {
  const { slices, quotas, refusalPauses, clock, logger } = parts;
  const {
    bans,
    activities,
    attachmentGuard,
    presences,
    deviceLogin,
    droppedMessages,
    sessionGuard,
    eventLog,
    publishRoutes,
    subscribeRoutes,
  } = slices;
  // A busy installation has no such lines: then nothing is put together for them.
  const tell = (session: Session<DevicePrincipal>, text: string, more: object = {}): void => {
    if (logger.isLevelEnabled('info')) logger.info({ ...sessionMembers(session), ...more }, text);
  };
  const markError = ({ key }: DevicePrincipal, { status, message }: CloseReason): void => {
    if (status !== undefined) activities.markError(key, { code: STATUSES[status].number, message }, clock.now());
  };
  return {
    authenticate: async (attempt) => refusalPauses.before(attempt, await deviceLogin.login.authenticate(attempt)),
    authenticationMethods: deviceLogin.authenticationMethods.map((method) => withPauses(method, refusalPauses)),
    maximumQoS: ({ registry }) => registry.policy.maximumQos,
    refusal(principal) {
      const reason = quotas.refusalByMqtt(principal);
      if (reason !== undefined) markError(principal, reason);
      return reason;
    },
    publishRoutes: quotas.publishRoutes(publishRoutes),
    subscribeRoutes,
    gateways: deviceLogin.attachment,
    wills: {
      arePublished: ({ registry }) => registry.policy.wills === 'PUBLISH',
      principalOf: (kept) => sessionGuard.principalOf(kept),
    },
    backPressure: eventLog,
    opened(session) {
      tell(session, 'device connected');
      bans.entered(session.remoteAddress);
      presences.opened(session);
      void sessionGuard.opened(session);
      const { key, gatewayId } = session.principal;
      if (gatewayId === undefined) return;
      activities.markGateway(key, gatewayId, clock.now());
      void attachmentGuard.opened(session);
    },
    renewed(session) {
      tell(session, 'session renewed');
      void sessionGuard.renewed(session);
      // An attached device hears nothing of its login, which is between it and its gateway.
      if (session.principal.gatewayId === undefined) deviceLogin.renewed(session);
      else void attachmentGuard.opened(session);
    },
    heartbeat: (session) => activities.mark(session.principal.key, 'heartbeat', clock.now()),
    closed(session, reason) {
      const { code, by } = reason;
      tell(session, 'device disconnected', { code, by });
      bans.left(session.remoteAddress);
      presences.closed(session, reason);
      markError(session.principal, reason);
    },
    refused(attempt, remoteAddress, reason) {
      // A refused login has its own line, with its cause and the device; this one is for what never got so far.
      if (attempt !== undefined) return;
      logger.info({ address: remoteAddress, reason: reason.message }, 'connection ended before a login');
      if (reason.code === 'PROTOCOL_VIOLATION') bans.garbage(remoteAddress);
      if (ABANDONED.has(reason.code)) bans.abandoned(remoteAddress);
    },
    dropped: (message) => droppedMessages.dropped(message),
  };
}

function withPauses(
  method: AuthenticationMethod<DevicePrincipal>,
  refusalPauses: RefusalPauses,
): AuthenticationMethod<DevicePrincipal> {
  return {
    name: method.name,
    begin(attempt, session) {
      const exchange = method.begin(attempt, session);
      return { next: async (data) => refusalPauses.before(attempt, await exchange.next(data)) };
    },
  };
}

function sessionMembers({ principal, epoch, remoteAddress }: Session<DevicePrincipal>): object {
  const { deviceId, key, registry, gatewayId } = principal;
  const gateway = gatewayId === undefined ? {} : { gateway: gatewayId };
  return {
    device: deviceId,
    deviceNumId: key,
    registry: registry.id,
    session: epoch,
    address: remoteAddress,
    ...gateway,
  };
}
