import { startPlatform } from '@mkiot/server/app';
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

export async function startTestPlatform(): Promise<TestPlatform> {
  await using resources = new AsyncDisposableStack();
  const { path: dataFolder } = resources.use(await temporaryFolder());
  const flags = { dataFolder, 'mqtt.port': '0', 'https.port': '0', 'loopback.port': '0', 'log.level': 'silent' };
  const platform = resources.adopt(await startPlatform(await loadSettings({ flags })), (it) => it.close());
  const { ports, project, paths, setupCode } = platform;
  if (ports.loopback === undefined || setupCode === undefined) throw new Error('not a new platform with its defaults');
  const address = {
    project,
    mqttPort: ports.mqtt,
    httpsPort: ports.https,
    loopbackPort: ports.loopback,
    caFile: paths.authorityCertificate,
  };
  const adminToken = await takeOwnership(address, setupCode);
  const testPlatform = new TestPlatform(address, adminToken, resources.move());
  await testPlatform.subscribeToEvents();
  return testPlatform;
}
