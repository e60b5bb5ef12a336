import type { DeviceSocket } from '../bridge/connection/deviceSocket.ts';
import { tlsExporterOf } from '../bridge/connection/tlsExporter.ts';
import { encodeArrival, type ExporterTerms } from './arrival.ts';
import { CarriedConnection } from './carriedConnection.ts';
import { type FrameCode, FRAMES, readFrames } from './frames.ts';
import type { Outbox } from './outbox.ts';

/** Connections have numbers of 32 bits. */
const NUMBERS = 2 ** 32;

/** The worker's end of its connections: carries bytes between the sockets of devices and the bridge. */
export class Carrier {
  readonly #outbox: Outbox;
  readonly #exporter: ExporterTerms;
  readonly #connections = new Map<number, CarriedConnection>();
  #lastNumber = 0;
  readonly #read = (code: FrameCode, connection: number, value: number, payload: Uint8Array): void =>
    this.#frame(code, connection, value, payload);

  constructor(outbox: Outbox, exporter: ExporterTerms) {
    this.#outbox = outbox;
    this.#exporter = exporter;
  }

  /** Takes over a connected socket, which allows being half open. `ageMs`: since its TCP connection came. */
  carry(socket: DeviceSocket, remoteAddress: string, ageMs: number): void {
    const number = this.#freeNumber();
    const { label, bytes } = this.#exporter;
    const exported = tlsExporterOf(socket)?.(label, bytes);
    this.#outbox.send(FRAMES.ARRIVED, number, encodeArrival({ remoteAddress, ageMs, exported }));
    this.#connections.set(number, new CarriedConnection(number, socket, this.#outbox));
    socket.on('close', () => this.#connections.delete(number));
  }

  receive(batch: ArrayBuffer): void {
    readFrames(batch, this.#read);
  }

  /** Connections that are gone here may still be spoken of: the bridge did not know yet. */
  #frame(code: FrameCode, number: number, value: number, payload: Uint8Array): void {
    const connection = this.#connections.get(number);
    if (code === FRAMES.DATA) connection?.write(payload);
    else if (code === FRAMES.TAKEN) connection?.taken(value);
    else if (code === FRAMES.ENDED) connection?.end();
    else if (code === FRAMES.CLOSED) connection?.destroy();
  }

  /** After four thousand million connections the first may still be open. */
  #freeNumber(): number {
    do this.#lastNumber = (this.#lastNumber + 1) % NUMBERS;
    while (this.#connections.has(this.#lastNumber));
    return this.#lastNumber;
  }
}
