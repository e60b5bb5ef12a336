import { Buffer } from 'node:buffer';
import { TLSSocket } from 'node:tls';
import type { TlsExporter } from '../hooks.ts';
import type { DeviceSocket } from './deviceSocket.ts';

const NO_CONTEXT = Buffer.alloc(0);

/**
 * The exporter of a TLS 1.3 connection. TLS 1.2 has one too, but it names the connection only with the extended master
 * secret (RFC 9266, section 4.2), and nobody tells us whether that was used.
 */
export function tlsExporterOf(socket: DeviceSocket): TlsExporter | undefined {
  if (!(socket instanceof TLSSocket)) return socket.tlsExporter;
  if (socket.getProtocol() !== 'TLSv1.3') return undefined;
  return (label, bytes) => socket.exportKeyingMaterial(bytes, label, NO_CONTEXT);
}
