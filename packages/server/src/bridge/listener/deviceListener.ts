import type { Clock } from '@mkiot/core/clock/clock';
import type { AddressWatch } from '../addressWatch.ts';
import type { DeviceSocket } from '../connection/deviceSocket.ts';
import type { TicketKeySource } from './ticketKeys.ts';

export const DEFAULT_HANDSHAKE_MS = 10_000;

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

export interface ListenerOptions<Socket = DeviceSocket> {
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
  /** How long a TLS handshake may take. */
  readonly handshakeMs?: number;
  /** Default: every address is let in. */
  readonly watch?: AddressWatch | undefined;
  /** Takes over a connection, which may become half open. `acceptedAtMs`: when its turn came, on the monotonic clock. */
  readonly accept: (socket: Socket, remoteAddress: string, acceptedAtMs: number) => void;
}

/** Accepts TLS connections and hands them on. */
export interface DeviceListener {
  /** The port that is listened on. */
  readonly port: number;
  /** TCP connections that are open, with TLS or without it yet. */
  readonly connectionCount: number;
  /** New connections get the new certificate; open ones go on with theirs. */
  setSecureContext(certificate: TlsCertificate): void;
  /** Accepts nothing more and cuts handshakes. Connections that have been handed on belong to who took them. */
  close(): Promise<void>;
}
