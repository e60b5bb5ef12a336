import { TLS_EXPORTER } from '@mkiot/core/deviceLogin/signedBytes';
import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { ChannelBinding } from '../device/connection/byteStream.ts';

/** What a login over this connection is bound to; `socket` has checked the server's certificate. */
export function channelBinding(socket: TLSSocket): ChannelBinding {
  const { raw } = rootOf(socket.getPeerCertificate(true));
  const publicKey = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' });
  return { bridgeId: createHash('sha256').update(publicKey).digest(), exporter: exporterOf(socket) };
}

/** The end of the chain is the authority that the device was given: nobody else is trusted. */
function rootOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  let root = certificate;
  // Node lets the last one point to itself, and leaves the pointer out where it knows no issuer.
  while (root.issuerCertificate !== undefined && root.issuerCertificate !== root) root = root.issuerCertificate;
  return root;
}

/** In TLS 1.2 the exporter does not stand for the connection unless both sides extend the master secret (RFC 9266, 3). */
function exporterOf(socket: TLSSocket): Uint8Array | undefined {
  if (socket.getProtocol() !== 'TLSv1.3') return undefined;
  return socket.exportKeyingMaterial(TLS_EXPORTER.bytes, TLS_EXPORTER.label, Buffer.alloc(0));
}
