import { Buffer } from 'node:buffer';
import { createServer, type SecureContextOptions, type Server } from 'node:tls';
import { TLS_POLICY } from '../../runtime/tlsPolicy.ts';
import type { TlsCertificate } from './deviceListener.ts';
import { TICKET_KEY_MS, type TicketKeySource } from './ticketKeys.ts';

const TLS_OPTIONS: SecureContextOptions = { ...TLS_POLICY, sessionTimeout: TICKET_KEY_MS / 1_000 };

/** `Handshakes` has a limit on our clock; a second one would cost each connection a timer (a hundredth of a login). */
const NO_LIMIT_OF_NODE = -1;

export interface ListenerTlsOptions {
  readonly certificate: TlsCertificate;
  readonly ticketKeys: TicketKeySource;
  /** What is offered by ALPN, the first is preferred; who offers none of them is not served. Default: ALPN is not heard. */
  readonly alpnProtocols?: readonly string[];
}

/** The TLS of a listener: its certificate and its ticket keys change while it runs. */
export class ListenerTls {
  readonly server: Server;
  readonly #ticketKeys: TicketKeySource;
  #certificate: TlsCertificate;

  constructor({ certificate, ticketKeys, alpnProtocols }: ListenerTlsOptions) {
    this.#certificate = certificate;
    this.#ticketKeys = ticketKeys;
    // A whole new context: Bun has no `setTicketKeys`, and draws keys of its own for every context.
    ticketKeys.onChange(() => this.setCertificate(this.#certificate));
    const alpn = alpnProtocols === undefined ? {} : { ALPNProtocols: [...alpnProtocols] };
    const limits = { handshakeTimeout: NO_LIMIT_OF_NODE };
    this.server = createServer({ ...this.#context(), ...alpn, ...limits, allowHalfOpen: true });
  }

  setCertificate(certificate: TlsCertificate): void {
    this.#certificate = certificate;
    this.server.setSecureContext(this.#context());
  }

  /** The ticket keys are changed no more. */
  close(): void {
    this.#ticketKeys.close();
  }

  #context(): SecureContextOptions & { ticketKeys: Buffer } {
    const { cert, key } = this.#certificate;
    return { ...TLS_OPTIONS, cert, key, ticketKeys: Buffer.from(this.#ticketKeys.current.buffer) };
  }
}
