import type { Logger } from 'pino';
import { Worker } from 'node:worker_threads';
import type { Arrival } from './arrival.ts';
import { bridgeWorkerError } from './bridgeWorkerErrors.ts';
import { Outbox } from './outbox.ts';
import type { WorkerNews, WorkerOrder, WorkerStart } from './workerMessages.ts';
import type { WorkerSocket } from './workerSocket.ts';
import { WorkerSockets } from './workerSockets.ts';

/** Starts the thread of a worker. */
export type StartThread = (start: WorkerStart) => Worker;

export const startWorkerThread: StartThread = (start) =>
  new Worker(new URL('workerThread.ts', import.meta.url), { workerData: start, name: 'bridge worker' });

export interface BridgeWorkerOptions {
  readonly start: WorkerStart;
  readonly startThread: StartThread;
  readonly log: Logger;
  arrived(socket: WorkerSocket, arrival: Arrival): void;
  turnedAway(address: string): void;
  abandoned(address: string): void;
}

/** One worker thread from its start to its end, and the main thread's end of what it carries. */
export class BridgeWorker {
  /** Resolves when it listens. Rejects with `WORKER_NOT_STARTED`. */
  readonly listening: Promise<void>;
  /** Resolves with the reason when the thread is no more, after the connections that it has carried were closed. */
  readonly ended: Promise<string>;
  readonly #thread: Worker;
  readonly #sockets: WorkerSockets;
  readonly #log: Logger;
  readonly #listening = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<string>();
  #failure: string | undefined = undefined;

  constructor({ start, startThread, log, ...listeners }: BridgeWorkerOptions) {
    this.listening = this.#listening.promise;
    this.ended = this.#ended.promise;
    this.#log = log;
    const thread = startThread(start);
    this.#thread = thread;
    const outbox = new Outbox((batch) => thread.postMessage(batch, [batch]));
    this.#sockets = new WorkerSockets({ outbox, exporter: start.exporter, ...listeners });
    thread.on('message', (news: WorkerNews) => {
      if (news instanceof ArrayBuffer) this.#sockets.receive(news);
      else this.#heard(news);
    });
    thread.on('error', (error) => (this.#failure = error instanceof Error ? error.message : String(error)));
    thread.on('exit', (code) => this.#exited(this.#failure ?? `exit code ${code}`));
  }

  order(order: Exclude<WorkerOrder, ArrayBuffer>): void {
    this.#thread.postMessage(order, []);
  }

  /** Accepts nothing more and cuts handshakes; what has been handed on stays. */
  async stop(): Promise<void> {
    this.order({ type: 'STOP' });
    await Promise.race([this.#stopped.promise, this.ended]);
  }

  /** Ends the thread, and cuts what it still carries. */
  async terminate(): Promise<void> {
    await this.#thread.terminate();
    await this.ended;
  }

  #heard(news: Exclude<WorkerNews, ArrayBuffer>): void {
    if (news.type === 'LISTENING') this.#listening.resolve();
    else if (news.type === 'STOPPED') this.#stopped.resolve();
    else this.#log[news.level]({ err: news.error }, news.text);
  }

  #exited(reason: string): void {
    this.#listening.reject(bridgeWorkerError('WORKER_NOT_STARTED', { reason }));
    this.#sockets.lost(bridgeWorkerError('WORKER_LOST', { reason }));
    this.#ended.resolve(reason);
  }
}
