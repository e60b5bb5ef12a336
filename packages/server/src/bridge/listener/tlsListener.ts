import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Arrivals } from './arrivals.ts';
import type { DeviceListener, ListenerOptions, TlsCertificate } from './deviceListener.ts';
import { Handshakes } from './handshakes.ts';
import { ListenerTls, type ListenerTlsOptions } from './listenerTls.ts';
import { openPort } from './openPort.ts';

export type TlsListenerOptions = ListenerOptions<TLSSocket> & ListenerTlsOptions;

/** Accepts connections as Node does it: each is a TCP socket, then, at its turn, a TLS socket above it. */
export class TlsListener implements DeviceListener {
  /** Accepts TCP connections, and does not read them. */
  readonly #server: Server;
  /** Has no port of its own: it is handed the connections at their turn. */
  readonly #tls: ListenerTls;
  readonly #arrivals: Arrivals;
  readonly #handshakes: Handshakes<string, TLSSocket>;
  #port = 0;
  #connectionCount = 0;

  private constructor(options: TlsListenerOptions) {
    const { log } = options;
    this.#handshakes = new Handshakes(options);
    this.#tls = new ListenerTls(options);
    this.#arrivals = new Arrivals((socket) => this.#begin(socket));
    const broke = (error: Error): void => log.debug({ err: error }, 'a TCP connection broke');
    this.#server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#connectionCount++;
      socket.on('close', () => this.#connectionCount--);
      socket.on('error', broke);
      if (this.#handshakes.admits(socket.remoteAddress)) this.#arrivals.add(socket);
      else socket.destroy();
    });
    this.#tls.server.on('secureConnection', (socket) => this.#handshakes.secured(otherEnd(socket), socket));
    this.#tls.server.on('tlsClientError', (error, socket) => {
      log.debug({ err: error }, 'a TLS handshake failed');
      socket.destroy();
    });
  }

  /** @throws `MQTT_LISTEN_FAILED` */
  static async listen(options: TlsListenerOptions): Promise<TlsListener> {
    const listener = new TlsListener(options);
    try {
      listener.#port = await openPort(listener.#server, options);
    } catch (error) {
      await listener.close();
      throw error;
    }
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  setSecureContext(certificate: TlsCertificate): void {
    this.#tls.setCertificate(certificate);
  }

  async close(): Promise<void> {
    this.#tls.close();
    this.#arrivals.close();
    this.#handshakes.close();
    this.#server.close();
  }

  #begin(socket: Socket): void {
    const { remoteAddress } = socket;
    // Who has gone meanwhile has none.
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    this.#handshakes.begun(otherEnd(socket), socket, remoteAddress);
    this.#tls.server.emit('connection', socket);
  }
}

/** The TLS socket has the same as the TCP socket under it. */
function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
