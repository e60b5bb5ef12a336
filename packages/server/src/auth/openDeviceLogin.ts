import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Logger } from 'pino';
import type { AuthenticationMethod, PublishRoute, Session, SubscribeRoute } from '../bridge/hooks.ts';
import type { ApiRoute } from '../http/apiRoute.ts';
import type { DeviceActivities } from '../registry/activity.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import type { Database } from '../store/database.ts';
import { challengeAuthentication } from './challengeAuthentication.ts';
import { DeviceAttachment } from './deviceAttachment.ts';
import { DeviceEntrance, type DeviceEntranceParts } from './deviceEntrance.ts';
import { DeviceLogin } from './deviceLogin.ts';
import { DeviceLoginFailures } from './deviceLoginFailures.ts';
import { DeviceLoginKeys } from './deviceLoginKeys.ts';
import { DeviceTokens } from './deviceTokens.ts';
import type { FailedLogins } from './failedLogins.ts';
import type { GatewayAccess } from './gatewayAccess.ts';
import { LoginVerdicts } from './loginVerdicts.ts';
import { Challenges } from './nonces/challenges.ts';
import { nonceRoutes } from './nonces/nonceRoutes.ts';
import { Nonces } from './nonces/nonces.ts';
import { Tickets } from './nonces/tickets.ts';
import { TicketTopic } from './nonces/ticketTopic.ts';
import { renewalTopic } from './renewalTopic.ts';
import { SessionNotices } from './sessionNotices.ts';

export interface DeviceLoginGround extends DeviceEntranceParts {
  readonly database: Database;
  readonly activities: DeviceActivities;
  readonly failedLogins: FailedLogins;
  readonly gatewayAccess: GatewayAccess;
  /** Makes the tickets: the same at each start. */
  readonly ticketKey: Uint8Array;
  /** What devices call this installation when they sign: see `bridgeIdOf`. */
  readonly bridgeId: () => Uint8Array;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly logger: Logger;
}

/** All ways in which a device logs in and renews its session. */
export interface OpenDeviceLogin {
  readonly login: DeviceLogin;
  /** How devices come in through gateways. */
  readonly attachment: DeviceAttachment;
  readonly authenticationMethods: readonly AuthenticationMethod<DevicePrincipal>[];
  readonly publishRoutes: readonly PublishRoute<DevicePrincipal>[];
  readonly subscribeRoutes: readonly SubscribeRoute<DevicePrincipal>[];
  readonly apiRoutes: readonly ApiRoute[];
  /** Tell it of every session whose terms have been renewed. */
  renewed(session: Session<DevicePrincipal>): void;
  /** Resolves when what devices have acknowledged is on disk. */
  idle(): Promise<void>;
}

/** Puts the parts of the login together. */
export function openDeviceLogin(ground: DeviceLoginGround): OpenDeviceLogin {
  const { project, database, activities, failedLogins, ticketKey, bridgeId, clock, randomFill, logger } = ground;
  const challenges = new Challenges(clock, randomFill);
  const tickets = new Tickets(database, ticketKey, logger);
  const keys = new DeviceLoginKeys(importVerifyingKey, logger);
  const entrance = new DeviceEntrance(ground);
  const failures = new DeviceLoginFailures({ activities, failedLogins, clock, logger });
  const verdicts = new LoginVerdicts(failures, challenges, clock);
  const tokens = new DeviceTokens(project, keys, new Nonces(challenges, tickets));
  const login = new DeviceLogin({ entrance, tokens, verdicts, clock });
  const notices = new SessionNotices(clock);
  const ticketTopic = new TicketTopic(tickets, logger);
  return {
    login,
    attachment: new DeviceAttachment({ access: ground.gatewayAccess, entrance, tokens, verdicts, clock }),
    authenticationMethods: [challengeAuthentication({ entrance, keys, challenges, verdicts, bridgeId, clock })],
    publishRoutes: [renewalTopic({ login, notices, logger })],
    subscribeRoutes: [notices, ticketTopic],
    apiRoutes: nonceRoutes(challenges, clock),
    renewed(session) {
      notices.tell(session, 'renewed');
      ticketTopic.renewed(session);
    },
    idle: () => tickets.idle(),
  };
}
