import type { Clock } from '@mkiot/core/clock/clock';
import { STATUSES } from '@mkiot/core/errors/status';
import type { Logger } from 'pino';
import type { BridgeHooks, Session } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import type { Slices } from './slices.ts';

/** What the bridge asks and tells, answered by the slices. */
export function deviceHooks(slices: Slices, clock: Clock, logger: Logger): BridgeHooks<DevicePrincipal> {
  const {
    activities,
    presences,
    deviceLogin,
    droppedMessages,
    sessionGuard,
    eventLog,
    publishRoutes,
    subscribeRoutes,
  } = slices;
  return {
    authenticate: (attempt) => deviceLogin.login.authenticate(attempt),
    authenticationMethods: deviceLogin.authenticationMethods,
    maximumQoS: ({ registry }) => registry.policy.maximumQos,
    publishRoutes,
    subscribeRoutes,
    backPressure: eventLog,
    opened(session) {
      logger.info(sessionMembers(session), 'device connected');
      presences.opened(session);
      void sessionGuard.opened(session);
    },
    renewed(session) {
      logger.info(sessionMembers(session), 'session renewed');
      void sessionGuard.renewed(session);
      deviceLogin.renewed(session);
    },
    heartbeat: (session) => activities.mark(session.principal.key, 'heartbeat', clock.now()),
    closed(session, reason) {
      logger.info({ ...sessionMembers(session), code: reason.code, by: reason.by }, 'device disconnected');
      presences.closed(session, reason);
      if (reason.status === undefined) return;
      const status = { code: STATUSES[reason.status].number, message: reason.message };
      activities.markError(session.principal.key, status, clock.now());
    },
    refused(attempt, remoteAddress, reason) {
      // A refused login has its own line, with its cause and the device; this one is for what never got so far.
      if (attempt === undefined) logger.info({ address: remoteAddress, reason }, 'connection ended before a login');
    },
    dropped: (message) => droppedMessages.dropped(message),
  };
}

function sessionMembers({ principal, epoch, remoteAddress }: Session<DevicePrincipal>): object {
  const { deviceId, key, registry } = principal;
  return { device: deviceId, deviceNumId: key, registry: registry.id, session: epoch, address: remoteAddress };
}
