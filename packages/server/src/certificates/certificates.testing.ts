import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, isIP } from 'node:net';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { type DataFolder, openDataFolder } from '../dataFolder/dataFolder.ts';
import { newFolderPath } from '../dataFolder/dataFolder.testing.ts';
import type { HostIdentity } from '../runtime/hostIdentity.ts';
import { createLogger } from '../runtime/logger.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { CertificateKeeper, type CertificateKeeperOptions } from './certificateKeeper.ts';
import type { CertifiedKey } from './issueCertificates.ts';

/** A data folder in which keepers can be opened one after the other, with a clock and an identity that tests own. */
export class CertificateBench implements AsyncDisposable {
  readonly dataFolder: DataFolder;
  /** A place for the operator's own files. */
  readonly outside: string;
  readonly clock: VirtualClock;
  readonly logLines: string[] = [];
  identity: HostIdentity = { names: ['localhost', 'pump.local'], addresses: ['127.0.0.1', '::1'] };
  readonly #disposables: AsyncDisposableStack;

  private constructor(dataFolder: DataFolder, clock: VirtualClock, disposables: AsyncDisposableStack) {
    this.dataFolder = dataFolder;
    this.outside = dirname(dataFolder.paths.folder);
    this.clock = clock;
    this.#disposables = disposables;
  }

  /** @param startMs what the clock says; default: the true time, as TLS clients look at their own clocks */
  static async open(startMs: number = Date.now()): Promise<CertificateBench> {
    const disposables = new AsyncDisposableStack();
    const place = disposables.use(await newFolderPath());
    const clock = new VirtualClock(startMs);
    const dataFolder = disposables.use(await openDataFolder(place.path, { clock, randomFill }));
    return new CertificateBench(dataFolder, clock, disposables);
  }

  async keeper(changes: Partial<CertificateKeeperOptions> = {}): Promise<CertificateKeeper> {
    const logger = createLogger({ level: 'debug', format: 'json' }, this.clock, {
      write: (line) => this.logLines.push(line),
    });
    const keeper = await CertificateKeeper.open({
      dataFolder: this.dataFolder,
      ownCertificates: { mqtt: {}, https: {} },
      names: [],
      hostIdentity: () => this.identity,
      clock: this.clock,
      randomFill,
      logger,
      ...changes,
    });
    this.#disposables.defer(() => keeper.close());
    return keeper;
  }

  /** Writes a file beside the data folder. */
  async file(name: string, contents: string, mode: number = 0o600): Promise<string> {
    const path = join(this.outside, name);
    await writeFile(path, contents, { mode });
    return path;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposables.disposeAsync();
  }
}

/** What openssl writes to its standard output; rejects with what it complains about. */
export async function openssl(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('openssl', args)).stdout;
}

/** A TLS server on a free loopback port that says `hello` and then gives everything back. */
export async function startEcho(certificate: CertifiedKey) {
  const sockets = new Set<tls.TLSSocket>();
  const server = tls.createServer(certificate, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('hello');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A TLS client that trusts `ca` alone; resolves after the greeting, rejects when the certificate does not convince it. */
export async function connectTrusting(ca: string, port: number, host: string): Promise<tls.TLSSocket> {
  const servername = isIP(host) === 0 ? host : '';
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    ca,
    servername,
    checkServerIdentity: (_, peer) => tls.checkServerIdentity(host, peer),
  });
  await once(socket, 'data');
  return socket;
}
