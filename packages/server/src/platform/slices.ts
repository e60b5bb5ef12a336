import type { Clock } from '@mkiot/core/clock/clock';
import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Logger } from 'pino';
import { banRoutes } from '../admission/banRoutes.ts';
import { Bans } from '../admission/bans.ts';
import { BanService } from '../admission/banService.ts';
import { AuditTrail } from '../auditTrail/auditTrail.ts';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import { auditTrailRoutes } from '../auditTrail/routes.ts';
import { AttachmentGuard } from '../auth/attachmentGuard.ts';
import { setupRoutes, tokenRoutes } from '../auth/authRoutes.ts';
import { failedLoginRoutes } from '../auth/failedLoginRoutes.ts';
import { FailedLogins } from '../auth/failedLogins.ts';
import { authMigrations } from '../auth/migrations.ts';
import { GatewayAccess } from '../auth/gatewayAccess.ts';
import { ticketMigrations } from '../auth/nonces/migrations.ts';
import { type OpenDeviceLogin, openDeviceLogin } from '../auth/openDeviceLogin.ts';
import { RefusalLog } from '../auth/refusalLog.ts';
import { SessionGuard } from '../auth/sessionGuard.ts';
import { SetupService } from '../auth/setupService.ts';
import { TokenService } from '../auth/tokenService.ts';
import type { DeviceLink, PublishRoute, SubscribeRoute } from '../bridge/hooks.ts';
import type { KeptSessionLink } from '../bridge/keptSessionLink.ts';
import type { EventLog } from '../events/eventLog.ts';
import type { EventLogReports } from '../events/eventLogReports.ts';
import { eventsMigrations } from '../events/migrations.ts';
import { eventsRoutes } from '../events/routes.ts';
import { SubscriptionService } from '../events/subscriptionService.ts';
import { eventsTopic } from '../events/topics.ts';
import type { ApiRoute } from '../http/apiRoute.ts';
import { presenceMigrations } from '../presence/migrations.ts';
import { Presences } from '../presence/presences.ts';
import { devicePresences } from '../presence/resources.ts';
import { DroppedMessages } from '../keptSessions/droppedMessages.ts';
import { keptSessionMigrations } from '../keptSessions/migrations.ts';
import { keptSessionRoutes } from '../keptSessions/routes.ts';
import { provisioningMigrations } from '../provisioning/migrations.ts';
import type { BridgeAddress } from '../provisioning/provisioningParts.ts';
import { openProvisioning } from '../provisioning/openProvisioning.ts';
import { DeviceActivities } from '../registry/activity.ts';
import { deviceRoutes } from '../registry/deviceRoutes.ts';
import { DeviceService } from '../registry/deviceService.ts';
import { GatewayBindings } from '../registry/gatewayBindings.ts';
import { gatewayRoutes } from '../registry/gatewayRoutes.ts';
import { registryMigrations } from '../registry/migrations.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { registryRoutes } from '../registry/registryRoutes.ts';
import { RegistryService } from '../registry/registryService.ts';
import type { Database } from '../store/database.ts';
import type { Migrations } from '../store/migrate.ts';
import { platformStartMigrations } from '../store/platformStarts.ts';
import { CommandService } from '../twin/commandService.ts';
import { configAcknowledgements } from '../twin/configAcknowledgements.ts';
import { ConfigDelivery } from '../twin/configDelivery.ts';
import { ConfigService } from '../twin/configService.ts';
import { twinMigrations } from '../twin/migrations.ts';
import { deviceDetails } from '../twin/resources.ts';
import { twinRoutes } from '../twin/routes.ts';
import { StateRate } from '../twin/stateRate.ts';
import { StateService } from '../twin/stateService.ts';
import { StateWriter } from '../twin/stateWriter.ts';
import { commandsTopic, configTopic, stateTopic } from '../twin/topics.ts';

/** The tables of all slices. */
export const migrations: Migrations = {
  ...platformStartMigrations,
  ...auditTrailMigrations,
  ...authMigrations,
  ...registryMigrations,
  ...ticketMigrations,
  ...presenceMigrations,
  ...twinMigrations,
  ...eventsMigrations,
  ...keptSessionMigrations,
  ...provisioningMigrations,
};

/** What the slices stand on. */
export interface Ground {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly eventLogReports: EventLogReports;
  /** Where the bridge keeps its sessions. */
  readonly link: DeviceLink<DevicePrincipal> & KeptSessionLink;
  /** The project and location of this installation, and the registry that short device names mean. */
  readonly defaults: RegistryName;
  readonly auditKey: Uint8Array;
  readonly ticketKey: Uint8Array;
  /** What devices call this installation when they sign: see `bridgeIdOf`. */
  readonly bridgeId: () => Uint8Array;
  /** What a new device needs to find the bridge and to trust it. */
  readonly bridgeAddress: () => BridgeAddress;
  /** Addresses from which devices are let in whatever comes from there. Default: this machine's own. */
  readonly isNeverBanned?: ((address: string) => boolean) | undefined;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly logger: Logger;
}

/** The domain: what the bridge and the HTTP server need of it, and what has to be closed. */
export interface Slices {
  readonly bans: Bans;
  readonly auditTrail: AuditTrail;
  readonly registries: RegistryService;
  readonly devices: DeviceService;
  readonly activities: DeviceActivities;
  readonly presences: Presences;
  readonly gatewayAccess: GatewayAccess;
  readonly configs: ConfigService;
  readonly tokens: TokenService;
  readonly setup: SetupService;
  readonly deviceLogin: OpenDeviceLogin;
  readonly droppedMessages: DroppedMessages;
  readonly sessionGuard: SessionGuard;
  readonly attachmentGuard: AttachmentGuard;
  readonly eventLog: EventLog;
  readonly subscriptions: SubscriptionService;
  readonly publishRoutes: readonly PublishRoute<DevicePrincipal>[];
  readonly subscribeRoutes: readonly SubscribeRoute<DevicePrincipal>[];
  readonly apiRoutes: readonly ApiRoute[];
  /** Writes what the slices still have in memory; before that no more sessions may be open. */
  close(): Promise<void>;
}

/** Puts the slices together, each on those below it. */
export function openSlices(ground: Ground): Slices {
  const { database, eventLog, eventLogReports, link, defaults, clock, randomFill, logger } = ground;
  const place = { project: defaults.project, location: defaults.location };
  const auditTrail = new AuditTrail(database, ground.auditKey, clock);
  const bans = new Bans({ clock, logger, isExempt: ground.isNeverBanned });

  const activities = new DeviceActivities(database, clock, (error) =>
    logger.error({ err: error }, 'last-seen times of devices could not be written; they are kept for the next try'),
  );
  const presences = new Presences({ database, link, clock, logger });
  const registryParts = { database, auditTrail, clock, place };
  const registries = new RegistryService(registryParts);
  const gatewayBindings = new GatewayBindings(registryParts);
  const configs = new ConfigService(database, auditTrail, clock);
  const devices = new DeviceService({
    ...registryParts,
    randomFill,
    created: [configs.storeFirst],
    registryChanges: registries.changes,
  });

  const refusals = new RefusalLog(clock, logger);
  const authParts = { database, auditTrail, clock, randomFill, place, refusals };
  const tokens = new TokenService(authParts);
  const setup = new SetupService(authParts, tokens);
  const failedLogins = new FailedLogins(database, clock, logger);
  const { ticketKey, bridgeId, bridgeAddress } = ground;
  const gatewayAccess = new GatewayAccess(devices, gatewayBindings);
  const deviceLogin = openDeviceLogin({
    project: place.project,
    devices,
    database,
    activities,
    failedLogins,
    gatewayAccess,
    ticketKey,
    bridgeId,
    clock,
    randomFill,
    logger,
  });
  const provisioning = openProvisioning(
    { database, auditTrail, devices, refusals, bridgeId, bridgeAddress, clock, randomFill },
    place.project,
  );
  const sessionGuard = new SessionGuard(devices, link, clock, logger);
  devices.changes.listen((change) => sessionGuard.deviceChanged(change));
  registries.changes.listen((change) => sessionGuard.registryChanged(change));
  const attachmentGuard = new AttachmentGuard(gatewayAccess, link, logger);
  devices.changes.listen((change) => attachmentGuard.deviceChanged(change));
  gatewayBindings.unbound.listen((binding) => attachmentGuard.unbound(binding));

  const droppedMessages = new DroppedMessages(database, clock, logger);
  // After the guard has ended the kept session of a deleted device, and so has dropped what waited in it.
  devices.changes.listen(({ numId, device }) => {
    if (device === undefined) droppedMessages.forget(numId);
  });

  const states = new StateService(database);
  const stateWriter = new StateWriter(database, logger);
  const acknowledgements = configAcknowledgements(database, logger);
  const configDelivery = new ConfigDelivery({ configs, acknowledgements, link, activities, clock, logger });
  configs.changes.listen((change) => configDelivery.changed(change));
  const commands = new CommandService({ database, auditTrail, devices, link, clock });

  const twinOf = deviceDetails(configs, states);

  const subscriptions = new SubscriptionService({
    database,
    auditTrail,
    log: eventLog,
    clock,
    randomFill,
    reports: eventLogReports,
  });

  return {
    bans,
    auditTrail,
    registries,
    devices,
    activities,
    presences,
    gatewayAccess,
    configs,
    tokens,
    setup,
    deviceLogin,
    droppedMessages,
    sessionGuard,
    attachmentGuard,
    eventLog,
    subscriptions,
    publishRoutes: [
      eventsTopic({ log: eventLog, activities, clock }),
      stateTopic({ writer: stateWriter, rate: new StateRate(clock), activities, clock }),
      ...deviceLogin.publishRoutes,
    ],
    subscribeRoutes: [configTopic(configDelivery), commandsTopic, ...deviceLogin.subscribeRoutes],
    apiRoutes: [
      ...registryRoutes(registries),
      ...deviceRoutes({
        devices,
        activities,
        presences: devicePresences(presences),
        enrich: async (numId) => {
          const [details, provenance] = await Promise.all([twinOf(numId), provisioning.provenanceOf(numId)]);
          return { ...details, provenance };
        },
      }),
      ...gatewayRoutes(gatewayBindings),
      ...keptSessionRoutes({ devices, link, dropped: droppedMessages }),
      ...twinRoutes({ configs, states, commands }),
      ...eventsRoutes({ subscriptions, log: eventLog, clock, project: place.project }),
      ...failedLoginRoutes({ failedLogins, devices, project: place.project }),
      ...banRoutes(new BanService({ bans, database, auditTrail, project: place.project }), place.project),
      ...tokenRoutes(tokens, defaults),
      ...setupRoutes(setup),
      ...deviceLogin.apiRoutes,
      ...provisioning.apiRoutes,
      ...auditTrailRoutes(auditTrail, place.project),
    ],
    async close() {
      sessionGuard.close();
      provisioning.close();
      await stateWriter.idle();
      await deviceLogin.idle();
      await acknowledgements.idle();
      await droppedMessages.idle();
      await activities.close();
      await presences.close();
      await failedLogins.close();
    },
  };
}
