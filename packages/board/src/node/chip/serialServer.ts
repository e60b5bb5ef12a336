import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ComPortServer, type ServedPort } from '../../chip/serial/rfc2217/comPortServer.ts';
import { chipServerError } from './chipServerErrors.ts';

/** How bytes go over the connection: as they are, or by RFC 2217, which carries speed and control lines too. */
export type SerialProtocol = 'tcp' | 'rfc2217';

export interface SerialServerOptions {
  readonly port: ServedPort;
  readonly protocol: SerialProtocol;
  /** 0: any that is free. */
  readonly tcpPort: number;
  /** A tool has come, or has gone. */
  readonly onTool?: ((isThere: boolean) => void) | undefined;
}

/** How a request of HTTP begins: no tool begins so. */
const HTTP_REQUEST = /^[A-Z]{3,7} \//;

/** A line has no flow control: a tool that does not read loses what does not fit in here. */
const MAX_UNREAD_BYTES = 0x100000;

/** Offers a chip's serial port to tools on this machine, one at a time, without authentication: on the loopback address only. */
export class SerialServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: SerialServerOptions;
  #tool: Socket | undefined;

  private constructor(options: SerialServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** @throws `SERIAL_PORT_TAKEN` */
  static async open(options: SerialServerOptions): Promise<SerialServer> {
    const opened = new SerialServer(options);
    opened.#server.listen(options.tcpPort, '127.0.0.1');
    await once(opened.#server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw chipServerError('SERIAL_PORT_TAKEN', { port: options.tcpPort, detail: error.code ?? error.message }, error);
    });
    return opened;
  }

  get tcpPort(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tool?.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** A port is one tool's at a time: a second one is turned away. */
  #welcome(socket: Socket): void {
    socket.on('error', () => {});
    if (this.#tool !== undefined) {
      socket.destroy();
      return;
    }
    this.#tool = socket;
    socket.setNoDelay(true);
    const { port, protocol, onTool } = this.#options;
    const send = (bytes: Uint8Array): void => {
      if (socket.writableLength <= MAX_UNREAD_BYTES) socket.write(bytes);
    };
    const before = port.serial.onBytes;
    const server = protocol === 'rfc2217' ? new ComPortServer(port, send) : undefined;
    port.serial.onBytes = server === undefined ? send : (bytes) => server.transmit(bytes);
    socket.once('data', (bytes: Buffer) => {
      // Any page in a browser on this machine can send a request here, but a browser is no tool.
      if (HTTP_REQUEST.test(bytes.toString('latin1', 0, 16))) socket.destroy();
    });
    socket.on('data', (bytes: Buffer) => {
      if (socket.destroyed) return;
      if (server === undefined) port.serial.write(bytes);
      else server.receive(bytes);
    });
    socket.on('close', () => {
      this.#tool = undefined;
      port.serial.onBytes = before;
      port.serial.baud = undefined;
      port.setControlLines({ dtr: false, rts: false });
      onTool?.(false);
    });
    onTool?.(true);
  }
}
