import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Worker } from 'node:worker_threads';
import type { SharedAddressWatch, ShutOut } from '../bridge/addressWatch.ts';
import { BridgeBench, connectPacket, TestClient } from '../bridge/bridge.testing.ts';
import { serverCertificate } from '../bridge/tls.testing.ts';
import { type CertifiedKey, issueAuthority } from '../certificates/issueCertificates.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { startWorkerThread } from './bridgeWorker.ts';
import { BridgeWorkers, type BridgeWorkersOptions } from './bridgeWorkers.ts';
import type { WorkerSocket } from './workerSocket.ts';

export const EXPORTER = { label: 'EXPORTER-Test', bytes: 32 };

/** Shuts out whom the test says, and writes down what it is told. */
class TestWatch implements SharedAddressWatch {
  readonly told: string[] = [];
  readonly #shutOut = new Map<string, number>();
  readonly #callbacks = new Set<(change: ShutOut) => void>();

  change(change: ShutOut): void {
    this.#shutOut.set(change.network, change.forMs);
    for (const callback of this.#callbacks) callback(change);
  }

  admits(address: string): boolean {
    this.told.push(`turned away ${address}`);
    return false;
  }

  abandoned(address: string): void {
    this.told.push(`abandoned ${address}`);
  }

  shutOut(): readonly ShutOut[] {
    return Array.from(this.#shutOut, ([network, forMs]) => ({ network, forMs }));
  }

  onChange(callback: (change: ShutOut) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }
}

/** A bridge on a virtual clock behind worker threads on a free loopback port; disposing it closes them and all clients. */
export class WorkersBench implements AsyncDisposable {
  readonly bench: BridgeBench = new BridgeBench();
  readonly watch: TestWatch = new TestWatch();
  /** Every thread that was started, the latest last. */
  readonly threads: Worker[] = [];
  /** Every socket that was handed to the bridge. */
  readonly accepted: WorkerSocket[] = [];
  readonly authority: CertifiedKey;
  readonly options: BridgeWorkersOptions;
  #workers: BridgeWorkers | undefined = undefined;
  readonly #clients: Socket[] = [];

  private constructor(authority: CertifiedKey, certificate: CertifiedKey, changes: Partial<BridgeWorkersOptions>) {
    this.authority = authority;
    this.options = {
      count: 2,
      host: '127.0.0.1',
      port: 0,
      certificate,
      handshakeMs: 10_000,
      exporter: EXPORTER,
      watch: this.watch,
      clock: this.bench.clock,
      randomFill,
      log: this.bench.log,
      startThread: (start) => {
        const thread = startWorkerThread(start);
        this.threads.push(thread);
        return thread;
      },
      accept: (socket, address, acceptedAtMs) => {
        this.accepted.push(socket as WorkerSocket);
        this.bench.bridge.accept(socket, address, acceptedAtMs);
      },
      ...changes,
    };
  }

  static async open(changes: Partial<BridgeWorkersOptions> = {}): Promise<WorkersBench> {
    const authority = await issueAuthority('Test authority', Date.now(), randomFill);
    const bench = new WorkersBench(authority, await serverCertificate(authority), changes);
    bench.#workers = await BridgeWorkers.listen(bench.options);
    return bench;
  }

  get workers(): BridgeWorkers {
    if (this.#workers === undefined) throw new Error('not open');
    return this.#workers;
  }

  /** A TLS client; resolves after the handshake. */
  async tls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const { port } = this.workers;
    const socket = connect({ host: '127.0.0.1', port, ca: this.authority.cert, servername: 'localhost', ...options });
    this.#clients.push(socket);
    // Cut after its handshake, as some tests want it.
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }

  /** A client that has logged in. */
  async login(deviceId: string): Promise<TestClient> {
    const client = new TestClient(await this.tls());
    client.send(connectPacket(deviceId));
    const answer = await client.packet();
    if (answer?.type !== 'CONNACK' || answer.returnCode !== 0) throw new Error(`no login: ${JSON.stringify(answer)}`);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workers.close();
    for (const client of this.#clients) client.destroy();
    await this.bench.bridge.close();
    await this.workers.end();
  }
}
