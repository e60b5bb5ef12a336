import type { Clock } from '@mkiot/core/clock/clock';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
  type TLSSocket,
} from 'node:tls';
import { withoutIpv4Mapping } from '../runtime/ipAddress.ts';
import { listenProblem } from '../runtime/listenProblem.ts';
import { TLS_POLICY } from '../runtime/tlsPolicy.ts';
import type { AddressWatch } from './addressWatch.ts';
import { Arrivals } from './arrivals.ts';
import { bridgeError } from './bridgeErrors.ts';
import { Handshakes } from './handshakes.ts';
import { TICKET_KEY_MS, type TicketKeySource } from './ticketKeys.ts';

const TLS_OPTIONS: SecureContextOptions = { ...TLS_POLICY, sessionTimeout: TICKET_KEY_MS / 1_000 };

export const DEFAULT_HANDSHAKE_MS = 10_000;
/** {@link Handshakes} has one on our clock; a second one would cost each connection a timer (a hundredth of a login). */
const NO_LIMIT_OF_NODE = -1;

/** A certificate chain and its private key, as PEM. */
export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Where a listener tells what goes wrong at a connection. */
export interface ListenerLog {
  debug(details: { readonly err: unknown }, text: string): void;
  error(details: { readonly err: unknown }, text: string): void;
}

export interface TlsListenerOptions {
  /** `undefined`: every address of the machine. */
  readonly host?: string | undefined;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: TlsCertificate;
  readonly clock: Clock;
  readonly log: ListenerLog;
  /** Closed with the listener. */
  readonly ticketKeys: TicketKeySource;
  /** Other listeners of this user may have the same port, and the kernel spreads connections; not every system has it. */
  readonly reusePort?: boolean;
  /** The settings that chose host and port, for the error that says that they do not fit. Default: `mqtt`. */
  readonly settings?: string;
  /** What is offered by ALPN, the first is preferred; who offers none of them is not served. Default: ALPN is not heard. */
  readonly alpnProtocols?: readonly string[];
  /** How long a TLS handshake may take. */
  readonly handshakeMs?: number;
  /** Default: every address is let in. */
  readonly watch?: AddressWatch | undefined;
  /** Takes over a connection, which may become half open. `acceptedAtMs`: when its turn came, on the monotonic clock. */
  readonly accept: (socket: TLSSocket, remoteAddress: string, acceptedAtMs: number) => void;
}

/** Accepts TLS connections and hands them on. */
export class TlsListener {
  /** Accepts TCP connections, and does not read them. */
  readonly #server: Server;
  /** Has no port of its own: it is handed the connections at their turn. */
  readonly #tls: TlsServer;
  readonly #arrivals: Arrivals;
  readonly #options: TlsListenerOptions;
  readonly #handshakes: Handshakes;
  #certificate: TlsCertificate;
  readonly #ticketKeys: TicketKeySource;
  #port = 0;
  #connectionCount = 0;

  private constructor(options: TlsListenerOptions) {
    const { certificate, clock, handshakeMs = DEFAULT_HANDSHAKE_MS, alpnProtocols, log, watch } = options;
    this.#options = options;
    this.#certificate = certificate;
    this.#handshakes = new Handshakes(clock, handshakeMs, (address) => watch?.abandoned(withoutIpv4Mapping(address)));
    this.#ticketKeys = options.ticketKeys;
    // A whole new context: Bun has no `setTicketKeys`, and draws keys of its own for every context.
    this.#ticketKeys.onChange(() => this.setSecureContext(this.#certificate));
    const alpn = alpnProtocols === undefined ? {} : { ALPNProtocols: [...alpnProtocols] };
    const limits = { handshakeTimeout: NO_LIMIT_OF_NODE };
    this.#tls = createTlsServer({ ...this.#contextOf(certificate), ...alpn, ...limits, allowHalfOpen: true });
    this.#arrivals = new Arrivals((socket) => this.#begin(socket));
    const broke = (error: Error): void => log.debug({ err: error }, 'a TCP connection broke');
    this.#server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#connectionCount++;
      socket.on('close', () => this.#connectionCount--);
      socket.on('error', broke);
      if (watch?.admits(withoutIpv4Mapping(socket.remoteAddress ?? '')) === false) socket.destroy();
      else this.#arrivals.add(socket);
    });
    this.#tls.on('secureConnection', (socket) => this.#secured(socket));
    this.#tls.on('tlsClientError', (error, socket) => {
      log.debug({ err: error }, 'a TLS handshake failed');
      socket.destroy();
    });
  }

  /** @throws `MQTT_LISTEN_FAILED` */
  static async listen(options: TlsListenerOptions): Promise<TlsListener> {
    const listener = new TlsListener(options);
    await listener.#listen();
    return listener;
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#port;
  }

  /** TCP connections that are open, with TLS or without it yet. */
  get connectionCount(): number {
    return this.#connectionCount;
  }

  /** New connections get the new certificate; open ones go on with theirs. */
  setSecureContext(certificate: TlsCertificate): void {
    this.#certificate = certificate;
    this.#tls.setSecureContext(this.#contextOf(certificate));
  }

  /** Accepts nothing more and cuts handshakes. Connections that have been handed on belong to who took them. */
  async close(): Promise<void> {
    this.#ticketKeys.close();
    this.#arrivals.close();
    this.#handshakes.close();
    this.#server.close();
  }

  async #listen(): Promise<void> {
    const { host, port, reusePort = false, settings = 'mqtt', log } = this.#options;
    this.#server.listen({ port, reusePort, ...(host === undefined ? {} : { host }) });
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      await this.close();
      const problem = await listenProblem(error, port);
      throw bridgeError('MQTT_LISTEN_FAILED', { host: host ?? '*', port, settings, ...problem }, error);
    }
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#server.on('error', (error) => log.error({ err: error }, 'accepting a connection failed'));
  }

  #begin(socket: Socket): void {
    // Who has gone meanwhile is closed here.
    this.#handshakes.begun(socket);
    if (!socket.destroyed) this.#tls.emit('connection', socket);
  }

  #secured(socket: TLSSocket): void {
    const { remoteAddress } = socket;
    const acceptedAtMs = this.#handshakes.done(socket);
    if (remoteAddress === undefined || acceptedAtMs === undefined) socket.destroy();
    else this.#options.accept(socket, withoutIpv4Mapping(remoteAddress), acceptedAtMs);
  }

  #contextOf({ cert, key }: TlsCertificate): SecureContextOptions & { ticketKeys: Buffer } {
    return { ...TLS_OPTIONS, cert, key, ticketKeys: Buffer.from(this.#ticketKeys.current.buffer) };
  }
}
