import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { type Arrival, arrivedExporter, decodeArrival, type ExporterTerms } from './arrival.ts';
import { type FrameCode, FRAMES, readFrames } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { WorkerSocket } from './workerSocket.ts';

/** Who hears what comes from a worker beside the bytes of connections that are known. */
export interface WorkerSocketsOptions {
  readonly outbox: Outbox;
  readonly exporter: ExporterTerms;
  arrived(socket: WorkerSocket, arrival: Arrival): void;
  turnedAway(address: string): void;
  abandoned(address: string): void;
}

/** The bridge's end of all connections that one worker carries. */
export class WorkerSockets {
  readonly #options: WorkerSocketsOptions;
  readonly #sockets = new Map<number, WorkerSocket>();
  readonly #read = (code: FrameCode, connection: number, value: number, payload: Uint8Array): void =>
    this.#frame(code, connection, value, payload);

  constructor(options: WorkerSocketsOptions) {
    this.#options = options;
  }

  receive(batch: ArrayBuffer): void {
    readFrames(batch, this.#read);
  }

  /** The worker is no more, and so is what it has carried. */
  lost(error: Error): void {
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of sockets) socket.closed(error);
  }

  /** Connections that are gone here may still be spoken of: the worker did not know yet. */
  #frame(code: FrameCode, connection: number, value: number, payload: Uint8Array): void {
    switch (code) {
      case FRAMES.DATA:
        this.#sockets.get(connection)?.received(payload);
        break;
      case FRAMES.TAKEN:
        this.#sockets.get(connection)?.taken(value);
        break;
      case FRAMES.ARRIVED:
        this.#arrived(connection, decodeArrival(payload));
        break;
      case FRAMES.ENDED:
        this.#sockets.get(connection)?.ended();
        break;
      case FRAMES.CLOSED:
        this.#closed(connection, payload);
        break;
      case FRAMES.TURNED_AWAY:
        this.#options.turnedAway(utf8Decode(payload));
        break;
      case FRAMES.ABANDONED:
        this.#options.abandoned(utf8Decode(payload));
        break;
    }
  }

  #arrived(connection: number, arrival: Arrival): void {
    const { outbox, exporter } = this.#options;
    const socket = new WorkerSocket(connection, outbox, arrivedExporter(arrival, exporter));
    this.#sockets.set(connection, socket);
    this.#options.arrived(socket, arrival);
  }

  #closed(connection: number, payload: Uint8Array): void {
    const socket = this.#sockets.get(connection);
    this.#sockets.delete(connection);
    socket?.closed(payload.length === 0 ? undefined : new Error(utf8Decode(payload)));
  }
}
