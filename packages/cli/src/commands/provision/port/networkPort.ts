import { encodeTelnet, TelnetDecoder } from '@mkiot/board/chip/serial/rfc2217/telnet';
import type { PortLines, SerialPort } from '@mkiot/esp32/serial/serialPort';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { portError } from './portErrors.ts';

/** A port on a network: bytes alone, or with speed and lines by RFC 2217. */
export interface NetworkPlace {
  readonly protocol: 'tcp' | 'rfc2217';
  readonly host: string;
  readonly tcpPort: number;
}

/** RFC 2217, section 3: the option, and its requests. */
const COM_PORT = 44;
const SET_BAUDRATE = 1;
const SET_CONTROL = 5;
const DTR = { true: 8, false: 9 } as const;
const RTS = { true: 11, false: 12 } as const;

/** A serial port behind a TCP connection, such as that of a virtual chip or of a terminal server. */
export class NetworkPort implements SerialPort, AsyncDisposable {
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  readonly hasLines: boolean;
  readonly #socket: Socket;
  readonly #closing = new AbortController();
  readonly #telnet: TelnetDecoder | undefined;

  private constructor(socket: Socket, { protocol }: NetworkPlace) {
    this.#socket = socket;
    this.hasLines = protocol === 'rfc2217';
    this.#telnet = this.hasLines ? new TelnetDecoder() : undefined;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#closing.abort());
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    if (this.hasLines) socket.write(encodeTelnet({ kind: 'option', verb: 'will', option: COM_PORT }));
  }

  /** @throws `PORT_NOT_SERVED` */
  static async open(place: NetworkPlace): Promise<NetworkPort> {
    const { protocol, host, tcpPort } = place;
    const socket = connect(tcpPort, host);
    await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => {
      const port = `${protocol}:${host}:${tcpPort}`;
      throw portError('PORT_NOT_SERVED', { port, detail: error.code ?? error.message }, error);
    });
    return new NetworkPort(socket, place);
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#socket.write(this.hasLines ? encodeTelnet({ kind: 'data', bytes: Uint8Array.from(bytes) }) : bytes);
  }

  async setBaud(baud: number): Promise<void> {
    const parameters = new Uint8Array(5);
    parameters[0] = SET_BAUDRATE;
    new DataView(parameters.buffer).setUint32(1, baud);
    this.#request(parameters);
  }

  async setLines({ dtr, rts }: PortLines): Promise<void> {
    this.#request(Uint8Array.of(SET_CONTROL, DTR[`${dtr}`]));
    this.#request(Uint8Array.of(SET_CONTROL, RTS[`${rts}`]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.destroy();
    await closed;
  }

  #request(parameters: Uint8Array<ArrayBuffer>): void {
    if (this.hasLines) this.#socket.write(encodeTelnet({ kind: 'subnegotiation', option: COM_PORT, parameters }));
  }

  #take(bytes: Uint8Array): void {
    if (this.#telnet === undefined) {
      this.onBytes?.(bytes);
      return;
    }
    for (const event of this.#telnet.push(bytes)) if (event.kind === 'data') this.onBytes?.(event.bytes);
  }
}
