import type { Duplex } from 'node:stream';
import { Carrier } from './carrier.ts';
import { Outbox } from './outbox.ts';
import type { WorkerSocket } from './workerSocket.ts';
import { WorkerSockets } from './workerSockets.ts';

const EXPORTER = { label: 'EXPORTER-Test', bytes: 32 };

/** Both ends of what a worker carries, in one thread: a batch arrives in a later turn of the event loop. */
export class CarriedLink {
  readonly #carrier: Carrier;
  readonly #sockets: WorkerSockets;

  constructor(arrived: (socket: WorkerSocket, remoteAddress: string) => void) {
    const toBridge = new Outbox((batch) => void setImmediate(() => this.#sockets.receive(batch)));
    const toWorker = new Outbox((batch) => void setImmediate(() => this.#carrier.receive(batch)));
    this.#carrier = new Carrier(toBridge, EXPORTER);
    this.#sockets = new WorkerSockets({
      outbox: toWorker,
      exporter: EXPORTER,
      arrived: (socket, { remoteAddress }) => arrived(socket, remoteAddress),
      turnedAway: () => undefined,
      abandoned: () => undefined,
    });
  }

  carry(socket: Duplex, remoteAddress: string): void {
    this.#carrier.carry(socket, remoteAddress, 0);
  }

  /** The worker fails. */
  lose(error: Error): void {
    this.#sockets.lost(error);
  }
}
