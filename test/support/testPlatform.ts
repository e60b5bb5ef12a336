import { systemClock } from '@mkiot/core/clock/systemClock';
import { startPlatform } from '@mkiot/server/app';
import type { FileSystem } from '@mkiot/server/runtime/fileSystem';
import { createLogger } from '@mkiot/server/runtime/logger';
import { testWorkers } from '@mkiot/server/bridgeWorkers/testWorkers.testing';
import { loadSettings } from '@mkiot/server/settings/loadSettings';
import { type PlatformAddress, PlatformUser, takeOwnership } from './platformUser.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A whole platform in this process: a folder of its own, free ports, real TLS. It is gone with the end of the test. */
export class TestPlatform extends PlatformUser implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;

  constructor(address: PlatformAddress, adminToken: string, resources: AsyncDisposableStack) {
    super(address, adminToken);
    this.#resources = resources;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

export interface TestPlatformOptions {
  /** Takes every line of the operator's log, down to the level `trace`; without it there is no log. */
  readonly log?: (line: string) => void;
  /** Settings by their path, `events.waitingMebibytes`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the event log lies; the machine's own disk otherwise. */
  readonly fileSystem?: FileSystem;
  /** Addresses that are never banned; loopback otherwise. */
  readonly isNeverBanned?: (address: string) => boolean;
}

export async function startTestPlatform({
  log,
  settings: more = {},
  fileSystem,
  isNeverBanned,
}: TestPlatformOptions = {}): Promise<TestPlatform> {
  await using resources = new AsyncDisposableStack();
  const { path: dataFolder } = resources.use(await temporaryFolder());
  const quiet = { 'mqtt.port': '0', 'https.port': '0', 'loopback.port': '0', 'log.level': 'silent' };
  const workers = String(testWorkers());
  const flags = { dataFolder, ...quiet, workers, ...more };
  const logger = log && createLogger({ level: 'trace', format: 'json' }, systemClock, { write: log });
  const settings = await loadSettings({ flags });
  const platform = resources.adopt(
    await startPlatform(settings, {
      ...(logger && { logger }),
      ...(fileSystem && { fileSystem }),
      ...(isNeverBanned && { isNeverBanned }),
    }),
    (it) => it.close(),
  );
  const { ports, project, paths, setupCode } = platform;
  if (ports.loopback === undefined || setupCode === undefined) throw new Error('not a new platform with its defaults');
  const address = {
    project,
    mqttPort: ports.mqtt,
    httpsPort: ports.https,
    loopbackPort: ports.loopback,
    ...(ports.shared !== undefined && { sharedPort: ports.shared }),
    dataFolder,
    caFile: paths.authorityCertificate,
  };
  const adminToken = await takeOwnership(address, setupCode);
  const testPlatform = new TestPlatform(address, adminToken, resources.move());
  await testPlatform.subscribeToEvents();
  return testPlatform;
}
