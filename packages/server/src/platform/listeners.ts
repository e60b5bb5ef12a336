import { TLS_EXPORTER } from '@mkiot/core/deviceLogin/signedBytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { userInfo } from 'node:os';
import { localAdmin } from '../auth/callers.ts';
import { setupPage } from '../auth/setupPage.ts';
import { stationPage } from '../provisioning/stationPage.ts';
import type { BridgeHooks } from '../bridge/hooks.ts';
import type { DeviceListener, TlsCertificate } from '../bridge/listener/deviceListener.ts';
import { listenForDevices } from '../bridge/listener/listenForDevices.ts';
import { TicketKeys } from '../bridge/listener/ticketKeys.ts';
import type { MqttBridge } from '../bridge/mqttBridge.ts';
import { BridgeWorkers } from '../bridgeWorkers/bridgeWorkers.ts';
import type { CertificateKeeper } from '../certificates/certificateKeeper.ts';
import type { CertifiedKey } from '../certificates/issueCertificates.ts';
import { prepareAdminSocket } from '../dataFolder/adminSocket.ts';
import type { DataFolderPaths } from '../dataFolder/dataFolderPaths.ts';
import type { Retention } from '../events/retention.ts';
import { type Api, createApi } from '../http/createApi.ts';
import { httpError } from '../http/httpErrors.ts';
import { type HttpsListener, listenHttps, listenLoopback, listenUnixSocket } from '../http/listeners.ts';
import { httpBridgeRoutes } from '../httpBridge/httpBridgeRoutes.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { listenShared, type SharedPort } from '../sharedPort/listenShared.ts';
import type { Settings } from '../settings/settings.ts';
import type { DeviceHookParts } from './deviceHooks.ts';
import { platformHealth } from './health.ts';
import { httpBridgeHooks } from './httpBridgeHooks.ts';
import { platformMetrics } from './metrics.ts';
import { version } from './version.ts';

/** The ports that are listened on; undefined: it is not. */
export interface ListenerPorts {
  readonly mqtt: number;
  readonly https: number;
  readonly loopback: number | undefined;
  /** MQTT and HTTPS on one port. */
  readonly shared: number | undefined;
}

export interface ListenerParts extends DeviceHookParts {
  readonly settings: Settings;
  readonly deviceHooks: BridgeHooks<DevicePrincipal>;
  readonly bridge: MqttBridge<DevicePrincipal>;
  readonly retention: Retention;
  readonly keeper: CertificateKeeper;
  readonly paths: DataFolderPaths;
  readonly randomFill: RandomFill;
  /** Takes what has to live until the bridge has closed its connections. */
  readonly untilBridgeIsClosed: AsyncDisposableStack;
}

/** Everything by which this process can be reached. */
export interface Listeners extends AsyncDisposable {
  readonly ports: ListenerPorts;
}

/** Opens the doors: MQTT and HTTPS for everybody, plain HTTP for this machine, a socket for this user. */
export async function openListeners(parts: ListenerParts): Promise<Listeners> {
  const { settings, paths, clock, logger } = parts;
  await using opened = new AsyncDisposableStack();
  const api = openApi(parts);

  const socket = opened.adopt(await prepareAdminSocket(paths.adminSocket), (it) => it.remove());
  if (socket.isElsewhere)
    logger.info({ path: socket.path }, 'the data folder has too long a path for the admin socket');
  const caller = localAdmin(userInfo().username);
  opened.adopt(await listenUnixSocket(api, clock, { path: socket.path, caller }), (it) => it.close());
  const loopback = settings.loopback.enabled
    ? opened.adopt(await listenLoopback(api, clock, settings.loopback), (it) => it.close())
    : undefined;
  const https = opened.adopt(await openHttps(api, parts), (it) => it.close());
  const mqtt = opened.adopt(await openMqtt(parts), (it) => it.close());
  const shared = settings.shared.enabled ? opened.adopt(await openShared(https, parts), (it) => it.close()) : undefined;

  const running = opened.move();
  return {
    ports: { mqtt: mqtt.port, https: https.port, loopback: loopback?.port, shared: shared?.port },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function openApi(parts: ListenerParts): Api {
  const { settings, slices, quotas, deviceHooks, bridge, retention, clock, logger, randomFill } = parts;
  const { eventLog, tokens } = slices;
  const measured = { bridge, eventLog, retention, quotas, bans: slices.bans };
  const deviceCalls = httpBridgeRoutes(httpBridgeHooks(deviceHooks, parts), clock);
  return createApi([...quotas.apiRoutes(slices.apiRoutes), ...deviceCalls], {
    authenticate: (headers, remoteAddress) => tokens.authenticate(headers, remoteAddress),
    logger,
    randomFill,
    version,
    health: () => platformHealth(measured),
    metrics: settings.metrics.enabled ? platformMetrics(measured) : undefined,
    pages: [setupPage(), stationPage(version)],
  });
}

async function openHttps(api: Api, { settings, keeper, clock, logger }: ListenerParts): Promise<HttpsListener> {
  const { host, port, certificateFile } = settings.https;
  // Who comes for the first time knows no authority of ours: it is shown, and trusted after its fingerprint was compared.
  const shown = ({ key, cert }: CertifiedKey): CertifiedKey =>
    certificateFile === undefined ? { key, cert: `${cert}\n${keeper.authorityCertificate}` } : { key, cert };
  const listener = await listenHttps(api, clock, { host, port, ...shown(keeper.current('https')) });
  keeper.onChange('https', (certificate) => {
    listener.setSecureContext(shown(certificate)).catch((error: unknown) => {
      logger.error({ err: error }, 'HTTPS does not have its new certificate: restart MkIoT');
    });
  });
  return listener;
}

/** Devices are whom it is for: it has the certificate of the MQTT bridge, which they know. */
async function openShared(https: HttpsListener, parts: ListenerParts): Promise<SharedPort> {
  const { settings, slices, deviceHooks, bridge, keeper, clock, randomFill, logger } = parts;
  const { host, port } = settings.shared;
  const { accept } = https;
  if (accept === undefined) throw httpError('SHARED_PORT_NEEDS_NODE');
  const listener = await listenShared({
    host,
    port,
    certificate: keeper.current('mqtt'),
    ticketKeys: new TicketKeys(clock, randomFill),
    clock,
    log: logger,
    handshakeMs: settings.limits.loginSeconds * 1_000,
    watch: slices.bans,
    takers: { mqtt: bridge.accept, http: accept },
    refused: (remoteAddress, reason) => deviceHooks.refused(undefined, remoteAddress, reason),
  });
  keeper.onChange('mqtt', (certificate) => listener.setSecureContext(certificate));
  return listener;
}

/** The port that devices connect to, whoever listens on it. */
interface MqttListener {
  readonly port: number;
  setSecureContext(certificate: TlsCertificate): void;
  close(): Promise<void>;
}

async function openMqtt(parts: ListenerParts): Promise<MqttListener> {
  const { settings, keeper } = parts;
  const listener = settings.workers === 1 ? await listenHere(parts) : await listenInWorkers(parts);
  keeper.onChange('mqtt', (certificate) => listener.setSecureContext(certificate));
  return listener;
}

function listenHere({
  settings,
  slices,
  bridge,
  keeper,
  clock,
  randomFill,
  logger,
}: ListenerParts): Promise<DeviceListener> {
  const { host, port } = settings.mqtt;
  return listenForDevices({
    host,
    port,
    certificate: keeper.current('mqtt'),
    ticketKeys: new TicketKeys(clock, randomFill),
    clock,
    log: logger,
    handshakeMs: settings.limits.loginSeconds * 1_000,
    watch: slices.bans,
    accept: bridge.accept,
  });
}

async function listenInWorkers(parts: ListenerParts): Promise<BridgeWorkers> {
  const { settings, slices, bridge, keeper, clock, randomFill, logger, untilBridgeIsClosed } = parts;
  const { host, port } = settings.mqtt;
  const workers = await BridgeWorkers.listen({
    count: settings.workers,
    host,
    port,
    certificate: keeper.current('mqtt'),
    handshakeMs: settings.limits.loginSeconds * 1_000,
    exporter: TLS_EXPORTER,
    watch: slices.bans,
    clock,
    randomFill,
    log: logger,
    accept: bridge.accept,
  });
  untilBridgeIsClosed.defer(() => workers.end());
  return workers;
}
