import type { Clock } from '@mkiot/core/clock/clock';
import { systemClock } from '@mkiot/core/clock/systemClock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Logger } from 'pino';
import { RefusalPauses } from './admission/refusalPauses.ts';
import type { AuditTrail } from './auditTrail/auditTrail.ts';
import { HeadExport } from './auditTrail/headExport.ts';
import { headFile } from './auditTrail/headFile.ts';
import type { DeviceLink } from './bridge/hooks.ts';
import type { KeptSessionLink } from './bridge/keptSessionLink.ts';
import { MqttBridge } from './bridge/mqttBridge.ts';
import { bridgeAuthorityOf, bridgeIdOf } from './certificates/bridgeId.ts';
import { CertificateKeeper } from './certificates/certificateKeeper.ts';
import { type DataFolder, openDataFolder } from './dataFolder/dataFolder.ts';
import type { DataFolderPaths } from './dataFolder/dataFolderPaths.ts';
import type { EventLog } from './events/eventLog.ts';
import type { EventLogReports } from './events/eventLogReports.ts';
import { Retention } from './events/retention.ts';
import { SegmentLog } from './events/segmentLog/segmentLog.ts';
import { StartCheck } from './events/startCheck.ts';
import type { SubscriptionService } from './events/subscriptionService.ts';
import { readSessions } from './keptSessions/sessionRows.ts';
import { SqliteSessionStore } from './keptSessions/sqliteSessionStore.ts';
import { deviceHooks } from './platform/deviceHooks.ts';
import { openListeners, type ListenerPorts } from './platform/listeners.ts';
import { migrations, openSlices } from './platform/slices.ts';
import { version } from './platform/version.ts';
import { Quotas } from './quotas/quotas.ts';
import type { DevicePrincipal } from './registry/model.ts';
import { REGISTRY_DEFAULTS } from './registry/registryService.ts';
import type { FileSystem } from './runtime/fileSystem.ts';
import { hostIdentity } from './runtime/hostIdentity.ts';
import { javascriptRuntime } from './runtime/javascriptRuntime.ts';
import { createLogger } from './runtime/logger.ts';
import { randomFill as nodeRandomFill } from './runtime/nodeCrypto.ts';
import { nodeFileSystem } from './runtime/nodeFileSystem.ts';
import type { Settings } from './settings/settings.ts';
import { migrate } from './store/migrate.ts';
import { openDatabase } from './store/openDatabase.ts';
import { countPlatformStart } from './store/platformStarts.ts';

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Session epochs of different starts never meet: no start opens so many sessions. */
const EPOCHS_PER_START = 2 ** 32;

/** What tests hand in; the machine's own otherwise. */
export interface PlatformPorts {
  readonly clock?: Clock;
  readonly randomFill?: RandomFill;
  readonly logger?: Logger;
  /** Where the event log lies. */
  readonly fileSystem?: FileSystem;
  /** Addresses from which devices are let in whatever comes from there. */
  readonly isNeverBanned?: (address: string) => boolean;
}

/** A running platform. */
export interface Platform {
  readonly paths: DataFolderPaths;
  readonly project: string;
  readonly location: string;
  readonly defaultRegistry: string;
  readonly ports: ListenerPorts;
  /** The authority that devices trust, as PEM. */
  readonly authorityCertificate: string;
  /** Whether this start made the installation. */
  readonly isNew: boolean;
  /** The one-time code for the first admin token, as long as nobody has one. */
  readonly setupCode: string | undefined;
  readonly eventLog: EventLog;
  /** Ends sessions, commits what waits, closes files; resolves when nothing is left open. */
  close(): Promise<void>;
}

/** What each part of the platform is given. */
interface Surroundings {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly logger: Logger;
  readonly fileSystem: FileSystem;
}

/**
 * Opens a data folder and serves devices and the API from it.
 *
 * @throws what is wrong with the data folder, the database, the certificates or the ports, as an `MkiotError`; nothing is
 * left open then
 * @example
 * const platform = await startPlatform(await loadSettings({ environment: process.env }));
 * await platform.close();
 */
export async function startPlatform(settings: Settings, ports: PlatformPorts = {}): Promise<Platform> {
  const { clock = systemClock, randomFill = nodeRandomFill, fileSystem = nodeFileSystem } = ports;
  const logger = ports.logger ?? createLogger(settings.log, clock);
  const { name, version: runtimeVersion } = javascriptRuntime;
  logger.info({ version, runtime: `${name} ${runtimeVersion}` }, 'MkIoT starts');
  const surroundings = { settings, clock, randomFill, logger, fileSystem };
  // Closed in the reverse order of opening, also when the start fails half-way.
  await using opened = new AsyncDisposableStack();

  const dataFolder = opened.use(await openDataFolder(settings.dataFolder, { clock, randomFill }));
  const { paths } = dataFolder;
  const { id, location, defaultRegistry } = settings.project;
  const defaults = { project: id ?? dataFolder.installationId, location, registry: defaultRegistry };
  const keeper = opened.adopt(await openCertificates(dataFolder, surroundings), (it) => it.close());

  const database = opened.adopt(await openDatabase(paths.database), (it) => it.close());
  await migrate(database, paths.database, migrations);
  const startNumber = await countPlatformStart(database.executor);
  const eventLogReports = reportsTo(logger);
  const eventLog = opened.adopt(await openEventLog(paths, eventLogReports, surroundings), (it) => it.close());

  let authorityCertificate = bridgeAuthorityOf(keeper.current('mqtt').cert, keeper.authorityCertificate);
  let bridgeId = bridgeIdOf(authorityCertificate);
  keeper.onChange('mqtt', ({ cert }) => {
    authorityCertificate = bridgeAuthorityOf(cert, keeper.authorityCertificate);
    bridgeId = bridgeIdOf(authorityCertificate);
  });
  let mqttPort = settings.mqtt.port;

  // The slices reach devices through the bridge, and the bridge asks the slices: one of them has to come second.
  const link: DeviceLink<DevicePrincipal> & KeptSessionLink = {
    session: (key) => bridge.session(key),
    sessions: () => bridge.sessions(),
    keptSession: (key) => bridge.keptSession(key),
    endKeptSession: (key) => bridge.endKeptSession(key),
  };
  const ground = {
    database,
    eventLog,
    eventLogReports,
    link,
    defaults,
    auditKey: dataFolder.masterKey.deriveKey('audit trail'),
    ticketKey: dataFolder.masterKey.deriveKey('next-nonce tickets'),
    bridgeId: () => bridgeId,
    bridgeAddress: () => ({ mqttPort, authorityCertificate }),
    isNeverBanned: ports.isNeverBanned,
    clock,
    randomFill,
    logger,
  };
  const slices = opened.adopt(openSlices(ground), (it) => it.close());
  await slices.presences.start();
  const quotas = new Quotas({
    numbers: settings.quotas,
    link,
    sessionCount: () => bridge.sessionCount,
    clock,
    logger,
  });
  const refusalPauses = opened.adopt(new RefusalPauses(clock, settings.limits.loginSeconds * 1_000), (it) =>
    it.close(),
  );
  const hooks = deviceHooks({ slices, quotas, refusalPauses, clock, logger });
  const sessionStore = opened.adopt(new SqliteSessionStore(database, clock, logger), (it) => it.close());
  const storedSessions = await readSessions(database.executor);
  const untilBridgeIsClosed = opened.use(new AsyncDisposableStack());
  const bridge = opened.adopt(
    new MqttBridge({
      hooks,
      clock,
      log: logger,
      limits: {
        loginMs: settings.limits.loginSeconds * 1_000,
        outgoingBytes: settings.limits.outgoingKibibytes * 1_024,
        sessionExpirySeconds: settings.sessions.expirySeconds,
        queuedMessages: settings.sessions.queuedMessages,
        queuedBytes: settings.sessions.queuedKibibytes * 1_024,
        queuedTotalBytes: settings.sessions.queuedTotalMebibytes * MEBIBYTE,
      },
      sessionStore,
      storedSessions,
      lastEpoch: startNumber * EPOCHS_PER_START,
    }),
    (it) => it.close(),
  );
  for (const place of await slices.registries.unreachablePlaces()) {
    logger.warn(place, 'devices of this project and location are refused: project.id or project.location was another');
  }
  if ((await slices.registries.find(defaults)) === undefined) {
    await slices.registries.create(defaults, REGISTRY_DEFAULTS, 'local:start');
  }
  const retention = opened.adopt(startRetention(eventLog, slices.subscriptions, eventLogReports, surroundings), (it) =>
    it.stop(),
  );
  opened.adopt(startCheck(eventLog, eventLogReports, clock), (it) => it.stop());
  opened.adopt(startHeadExport(slices.auditTrail, surroundings), (it) => it.stop());
  const setup = await slices.setup.issueIfNobodyHasToken();
  const listeners = opened.use(
    await openListeners({
      ...surroundings,
      slices,
      quotas,
      refusalPauses,
      deviceHooks: hooks,
      bridge,
      retention,
      keeper,
      paths,
      untilBridgeIsClosed,
    }),
  );

  mqttPort = listeners.ports.mqtt;

  const running = opened.move();
  return {
    paths,
    project: defaults.project,
    location,
    defaultRegistry,
    ports: listeners.ports,
    authorityCertificate: keeper.authorityCertificate,
    isNew: dataFolder.isNew,
    setupCode: setup?.code,
    eventLog,
    close: () => running.disposeAsync(),
  };
}

function openCertificates(dataFolder: DataFolder, { settings, ...ports }: Surroundings): Promise<CertificateKeeper> {
  return CertificateKeeper.open({
    ...ports,
    dataFolder,
    ownCertificates: { mqtt: settings.mqtt, https: settings.https },
    names: settings.certificates.names,
    hostIdentity,
  });
}

function openEventLog(
  paths: DataFolderPaths,
  reports: EventLogReports,
  { settings, clock, randomFill, fileSystem }: Surroundings,
): Promise<SegmentLog> {
  return SegmentLog.open({
    directory: paths.events,
    fileSystem,
    clock,
    random: randomFill,
    reports,
    segmentBytes: settings.events.segmentMebibytes * MEBIBYTE,
    saturatingBytes: settings.events.waitingMebibytes * MEBIBYTE,
  });
}

function startRetention(
  log: SegmentLog,
  subscriptions: SubscriptionService,
  reports: EventLogReports,
  { settings, clock }: Surroundings,
): Retention {
  const retention = new Retention({
    log,
    clock,
    reports,
    maxAgeMs: settings.events.retentionDays * DAY_MS,
    maxBytes: settings.events.retentionMebibytes * MEBIBYTE,
    oldestHold: () => subscriptions.oldestHold(),
  });
  retention.start();
  return retention;
}

function startCheck(log: EventLog, reports: EventLogReports, clock: Clock): StartCheck {
  const check = new StartCheck({ log, reports, clock });
  check.start();
  return check;
}

function startHeadExport(auditTrail: AuditTrail, { settings, clock, logger }: Surroundings): HeadExport {
  const { headFile: file } = settings.auditTrail;
  const toLog = async ({ head }: { readonly head: string }): Promise<void> => {
    logger.info({ head }, 'head of the audit trail');
  };
  const places = file === undefined ? [toLog] : [toLog, headFile(file)];
  const headExport = new HeadExport(auditTrail, clock, places, (error) => {
    logger.error({ err: error }, 'the head of the audit trail could not be exported');
  });
  headExport.start();
  return headExport;
}

function reportsTo(logger: Logger): EventLogReports {
  return {
    problem: (problem) => logger.error({ err: problem }, problem.message),
    recovered: ({ code }) => logger.info({ code }, 'a problem is over'),
  };
}
