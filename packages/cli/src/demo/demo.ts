import type { ServerAddress } from '@mkiot/board/node/tlsStream';
import { toHex } from '@mkiot/core/bytes/bytes';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cli } from '../cli.ts';
import { nodeFetch } from '../connection/nodeFetch.ts';
import type { ServedPlatform } from '../platform/servePlatform.ts';
import type { DemoBoard } from './demoBoard.ts';
import type { DemoPorts } from './demoPorts.ts';
import { DemoReport } from './demoReport.ts';
import { OperatorLog } from './operatorLog.ts';
import { adminTokenStep } from './steps/adminToken.ts';
import { auditTrailStep } from './steps/auditTrail.ts';
import { auditPaperBoardStep } from './steps/auditPaperBoard.ts';
import { authorityStep } from './steps/authority.ts';
import { blockStep } from './steps/block.ts';
import { commandStep } from './steps/command.ts';
import { calmDown, configureStep } from './steps/configure.ts';
import { connectBoardsStep } from './steps/connectBoards.ts';
import { enrolStationStep } from './steps/enrolStation.ts';
import { provisionBoardStep } from './steps/provisionBoard.ts';
import { provisionerTokenStep } from './steps/provisionerToken.ts';
import { registerBoardsStep } from './steps/registerBoards.ts';
import { startPlatformStep } from './steps/startPlatform.ts';
import { storeAndForwardStep } from './steps/storeAndForward.ts';
import { makeSubscription, subscriptionStep } from './steps/subscription.ts';
import { telemetryStep } from './steps/telemetry.ts';
import { wrongKeyStep } from './steps/wrongKey.ts';
import { Wire } from './wire.ts';

export interface DemoOptions {
  /** At least 3: one is cut off, one is blocked, one has a quiet life. */
  readonly boards: number;
  /** Undefined: a temporary folder, which is removed at the end. */
  readonly dataFolder: string | undefined;
}

/** A demo whose steps are done and whose platform and boards still run. */
export interface RunningDemo {
  readonly platform: ServedPlatform;
  readonly steps: number;
}

/**
 * Takes a platform and its boards through their life. Everything goes the way it goes for users: the platform is that of
 * `mkiot up`, the boards are those of `mkiot board run`, and the API is called over TLS. When the steps are done, it stays
 * up until `stayUp` resolves.
 *
 * @throws `DEMO_STEP_FAILED`
 */
export async function runDemo(
  options: DemoOptions,
  cli: Cli,
  stayUp: (demo: RunningDemo) => Promise<void>,
): Promise<void> {
  const report = new DemoReport(cli.output, cli.ports);
  // Closed in the reverse order of opening, whatever happens.
  await using opened = new AsyncDisposableStack();
  const over = opened.adopt(new AbortController(), (it) => it.abort());
  const ports: DemoPorts = { ...cli.ports, signal: AbortSignal.any([cli.ports.signal, over.signal]) };
  const dataFolder = resolve(options.dataFolder ?? join(await temporaryFolder(opened), 'data'));
  const log = opened.adopt(new OperatorLog(ports), (it) => it.close());

  const platform = opened.use(
    await report.step('The platform starts', (tell) => startPlatformStep(tell, dataFolder, log, ports)),
  );
  const { project, location, defaultRegistry, authorityCertificate: caPem, eventLog } = platform;
  const api = opened.use(
    nodeFetch({ url: new URL(`https://127.0.0.1:${platform.ports.https}`), ca: caPem }, ports.signal),
  );
  await report.step('It has made its own certificate authority', (tell) => authorityStep(tell, platform, api));

  const admin = await report.step('The one-time link makes an administrator', (tell) =>
    adminTokenStep(tell, platform, api.fetch, ports),
  );
  const provisioner = await report.step('The factory gets a token that can only register devices', (tell) =>
    provisionerTokenStep(tell, admin, project, api.fetch),
  );
  const subscription = await makeSubscription(admin, project, `demo-${randomName(ports)}`, eventLog);

  const registry = { project, location, registry: defaultRegistry };
  const folder = join(dataFolder, 'demo-boards');
  const boards = await report.step(`${options.boards} boards make their keys and are registered`, (tell) =>
    registerBoardsStep(tell, provisioner, registry, folder, options.boards, ports),
  );
  for (const board of boards) opened.use(board);
  const [first, offline, blocked] = boards as readonly [DemoBoard, DemoBoard, DemoBoard];

  const wire = opened.use(await Wire.to(platform.ports.mqtt));
  const direct: ServerAddress = { host: '127.0.0.1', port: platform.ports.mqtt, caPem };
  const wired: ServerAddress = { ...direct, port: wire.port };
  await report.step('They connect over TLS and log in', (tell) =>
    connectBoardsStep(tell, boards, (board) => (board === offline ? wired : direct), log),
  );
  await report.step('A config reaches them and comes back as state', (tell) =>
    configureStep(tell, admin, boards, ports),
  );
  await report.step('Telemetry is on the disk before it is acknowledged', (tell) =>
    telemetryStep(tell, platform, boards),
  );
  await report.step('A command is answered', (tell) => commandStep(tell, admin, first, ports));
  await report.step('An impostor with another key is refused', (tell) =>
    wrongKeyStep(tell, admin, first, direct, log, ports),
  );
  await report.step('A blocked board is cut off at once', (tell) => blockStep(tell, provisioner, blocked, log, ports));
  await report.step('A board without network stores and forwards', (tell) =>
    storeAndForwardStep(tell, eventLog, offline, wire, ports),
  );
  await report.step("Board A, the paper's, is audited: whoever holds it has its keys", (tell) =>
    auditPaperBoardStep(tell, ports),
  );
  const bench = await report.step('A provisioning station is enrolled, to register one board', (tell) =>
    enrolStationStep(tell, provisioner, registry, ports),
  );
  await report.step('Board B, a blank chip, is locked, gets its key, is registered, and connects', (tell) =>
    provisionBoardStep(tell, provisioner, registry, bench, ports),
  );
  await report.step('A subscription brings every event', (tell) =>
    subscriptionStep(tell, admin, project, subscription, eventLog),
  );
  await report.step('The audit trail is whole', (tell) => auditTrailStep(tell, admin, project));

  log.entries.forget();
  for (const board of boards) board.events.forget();
  await calmDown(admin, boards);
  await stayUp({ platform, steps: report.steps });
}

async function temporaryFolder(opened: AsyncDisposableStack): Promise<string> {
  return opened.use(await mkdtempDisposable(join(tmpdir(), 'mkiot-demo-'))).path;
}

/** So that a demo in a folder that was kept meets nothing of the one before. */
function randomName({ random }: Pick<DemoPorts, 'random'>): string {
  return toHex(random(new Uint8Array(4)));
}
