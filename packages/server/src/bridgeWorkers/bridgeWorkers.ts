import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Logger } from 'pino';
import type { SharedAddressWatch, ShutOut } from '../bridge/addressWatch.ts';
import type { DeviceSocket } from '../bridge/connection/deviceSocket.ts';
import { TicketKeys } from '../bridge/listener/ticketKeys.ts';
import type { TlsCertificate } from '../bridge/listener/deviceListener.ts';
import type { Arrival, ExporterTerms } from './arrival.ts';
import { BridgeWorker, type StartThread, startWorkerThread } from './bridgeWorker.ts';
import { sharedListenPort } from './sharedListenPort.ts';
import type { WorkerOrder } from './workerMessages.ts';

/** A worker that fails at once again and again must not take the machine with it. */
const RESTART_MS = 1_000;

export interface BridgeWorkersOptions {
  /** How many. */
  readonly count: number;
  readonly host: string | undefined;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: TlsCertificate;
  readonly handshakeMs: number;
  readonly exporter: ExporterTerms;
  readonly watch: SharedAddressWatch;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly log: Logger;
  readonly startThread?: StartThread;
  /** Takes over a connection. `acceptedAtMs`: when its TCP connection came, on the monotonic clock of `clock`. */
  readonly accept: (socket: DeviceSocket, remoteAddress: string, acceptedAtMs: number) => void;
}

/**
 * Threads that listen on one port, do TLS, and carry the bytes of devices to the bridge in this thread. One that fails takes
 * its connections with it, and another one takes its place.
 */
export class BridgeWorkers {
  /** The port that is listened on. */
  readonly port: number;
  readonly #options: BridgeWorkersOptions;
  readonly #workers = new Set<BridgeWorker>();
  readonly #restarts = new Set<Timer>();
  readonly #ticketKeys: TicketKeys;
  readonly #unwatch: () => void;
  #certificate: TlsCertificate;
  #isStopping = false;

  private constructor(options: BridgeWorkersOptions, port: number) {
    this.port = port;
    this.#options = options;
    this.#certificate = options.certificate;
    this.#ticketKeys = new TicketKeys(options.clock, options.randomFill);
    this.#ticketKeys.onChange(() => this.#order({ type: 'TICKET_KEYS', ticketKeys: this.#ticketKeys.current }));
    this.#unwatch = options.watch.onChange((change: ShutOut) => this.#order({ type: 'SHUT_OUT', change }));
  }

  /** @throws `MQTT_LISTEN_FAILED`, `WORKERS_UNSUPPORTED`, `WORKER_NOT_STARTED`; nothing is left running then */
  static async listen(options: BridgeWorkersOptions): Promise<BridgeWorkers> {
    const { host, count } = options;
    const port = await sharedListenPort({ host, port: options.port, workers: count });
    const workers = new BridgeWorkers(options, port);
    try {
      await Promise.all(Array.from({ length: options.count }, () => workers.#start()));
    } catch (error) {
      await workers.close();
      await workers.end();
      throw error;
    }
    return workers;
  }

  /** New connections get the new certificate; open ones go on with theirs. */
  setSecureContext(certificate: TlsCertificate): void {
    this.#certificate = certificate;
    this.#order({ type: 'CERTIFICATE', certificate });
  }

  /** Accepts nothing more and cuts handshakes. Connections that have been handed on are still carried, until {@link end}. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#ticketKeys.close();
    this.#unwatch();
    for (const restart of this.#restarts) restart.cancel();
    await Promise.all(Array.from(this.#workers, (worker) => worker.stop()));
  }

  /** Ends the threads, after {@link close}; what they still carry is cut. */
  async end(): Promise<void> {
    await Promise.all(Array.from(this.#workers, (worker) => worker.terminate()));
  }

  #order(order: Exclude<WorkerOrder, ArrayBuffer>): void {
    for (const worker of this.#workers) worker.order(order);
  }

  #start(): Promise<void> {
    const { host, handshakeMs, exporter, watch, clock, log, accept, startThread = startWorkerThread } = this.#options;
    const worker = new BridgeWorker({
      start: {
        host,
        port: this.port,
        certificate: this.#certificate,
        ticketKeys: this.#ticketKeys.current,
        handshakeMs,
        shutOut: watch.shutOut(),
        exporter,
        logsDebug: log.isLevelEnabled('debug'),
      },
      startThread,
      log,
      arrived: (socket, { remoteAddress, ageMs }: Arrival) => accept(socket, remoteAddress, clock.monotonic() - ageMs),
      // The watch counts whom it does not let in.
      turnedAway: (address) => void watch.admits(address),
      abandoned: (address) => watch.abandoned(address),
    });
    this.#workers.add(worker);
    void worker.ended.then((reason) => this.#ended(worker, reason));
    return worker.listening;
  }

  #ended(worker: BridgeWorker, reason: string): void {
    this.#workers.delete(worker);
    if (this.#isStopping) return;
    const { clock, log } = this.#options;
    log.error({ reason }, 'a bridge worker has failed; its connections are lost, another one takes its place');
    const restart = clock.setTimer(RESTART_MS, () => {
      this.#restarts.delete(restart);
      // Why it has not started is in the log at its end.
      this.#start().catch(() => undefined);
    });
    this.#restarts.add(restart);
  }
}
