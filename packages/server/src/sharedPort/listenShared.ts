import type { TLSSocket } from 'node:tls';
import type { CloseReason } from '../bridge/hooks.ts';
import { DEFAULT_HANDSHAKE_MS, type TlsCertificate } from '../bridge/listener/deviceListener.ts';
import { TlsListener, type TlsListenerOptions } from '../bridge/listener/tlsListener.ts';
import { protocolOfAlpn, SHARED_ALPN, type SharedProtocol } from './sharedProtocols.ts';
import { UndecidedConnections } from './undecidedConnections.ts';

/** Takes over a connection. `acceptedAtMs`: when its turn came, on the monotonic clock. */
type Taker = (socket: TLSSocket, remoteAddress: string, acceptedAtMs: number) => void;

export interface SharedPortOptions extends Omit<TlsListenerOptions, 'accept' | 'alpnProtocols' | 'settings'> {
  readonly takers: Readonly<Record<SharedProtocol, Taker>>;
  /** A connection ended that was of no protocol. */
  readonly refused: (remoteAddress: string, reason: CloseReason) => void;
}

/** A port with MQTT and HTTP. */
export interface SharedPort {
  /** The port that is listened on. */
  readonly port: number;
  /** New connections get the new certificate; open ones go on with theirs. */
  setSecureContext(certificate: TlsCertificate): void;
  /** Accepts nothing more and cuts what is undecided. Connections that were taken over belong to who took them. */
  close(): Promise<void>;
}

/**
 * MQTT and HTTP over TLS on one port, for networks that let nothing out but port 443. ALPN says which of them a connection
 * is; without it its first byte does, which has to come within the time for the handshake.
 *
 * @throws `MQTT_LISTEN_FAILED`
 */
export async function listenShared(options: SharedPortOptions): Promise<SharedPort> {
  const { clock, handshakeMs = DEFAULT_HANDSHAKE_MS, takers, refused } = options;
  const undecided = new UndecidedConnections(clock);
  const listener = await TlsListener.listen({
    ...options,
    settings: 'shared',
    alpnProtocols: SHARED_ALPN,
    accept(socket, remoteAddress, acceptedAtMs) {
      const take = (protocol: SharedProtocol): void => takers[protocol](socket, remoteAddress, acceptedAtMs);
      const protocol = protocolOfAlpn(socket.alpnProtocol);
      const leftMs = Math.max(0, acceptedAtMs + handshakeMs - clock.monotonic());
      if (protocol === undefined) undecided.await(socket, leftMs, take, (reason) => refused(remoteAddress, reason));
      else take(protocol);
    },
  });
  return {
    port: listener.port,
    setSecureContext: (certificate) => listener.setSecureContext(certificate),
    async close() {
      await listener.close();
      undecided.close();
    },
  };
}
