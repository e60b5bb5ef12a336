import type { Clock } from '@mkiot/core/clock/clock';
import { isIP } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';
import { channelBinding } from './channelBinding.ts';
import type { ByteStream, OpenStream } from '../device/connection/byteStream.ts';
import { nodeBoardError } from './nodeBoardErrors.ts';

/** Where the platform is, and who vouches for it. */
export interface ServerAddress {
  /** Name or address; the server's certificate has to be for it. */
  readonly host: string;
  readonly port: number;
  /** The certificate authority of the platform, one or more certificates: nobody else is trusted. */
  readonly caPem: string;
}

/** How long a closed connection may take to send what was written to it. */
const LINGER_MS = 5_000;

/**
 * Opens TLS connections to one server. Its certificate has to come from the given certificate authority, not from one
 * that the machine knows, and to be for its name. @throws `CA_INVALID`
 */
export function tlsOpener({ host, port, caPem }: ServerAddress, clock: Clock): OpenStream {
  const secureContext = createSecureContext({ ca: parseCa(caPem), minVersion: 'TLSv1.2' });
  return (signal) =>
    new Promise((resolve, reject) => {
      const servername = isIP(host) === 0 ? host : '';
      const socket = connect({ host, port, servername, secureContext, rejectUnauthorized: true });
      socket.setNoDelay(true);
      const abort = (): void => void socket.destroy();
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      let error: Error | undefined;
      socket.on('error', (cause) => (error = cause));
      socket.once('close', () => {
        signal.removeEventListener('abort', abort);
        reject(connectError(host, port, socket, error));
      });
      socket.once('secureConnect', () => {
        signal.removeEventListener('abort', abort);
        resolve(socketStream(socket, clock));
      });
    });
}

/** Node trusts the machine's authorities when it is given none, so an empty text must not come through. */
function parseCa(caPem: string): string[] {
  const certificates = caPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
  } catch (error) {
    throw nodeBoardError('CA_INVALID', {}, error);
  }
  if (certificates.length === 0) throw nodeBoardError('CA_INVALID');
  return certificates;
}

function connectError(host: string, port: number, socket: TLSSocket, error: Error | undefined): Error {
  const { authorizationError } = socket;
  if (authorizationError) {
    return nodeBoardError('SERVER_NOT_TRUSTED', { host, port, detail: String(authorizationError) }, error);
  }
  const detail = error === undefined ? 'the connection was closed' : codeOrMessage(error);
  return nodeBoardError('SERVER_UNREACHABLE', { host, port, detail }, error);
}

function codeOrMessage(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}

function socketStream(socket: TLSSocket, clock: Clock): ByteStream {
  return {
    chunks: chunksOf(socket),
    binding: channelBinding(socket),
    write(bytes) {
      if (!socket.writable || socket.write(bytes)) return Promise.resolve();
      return new Promise((resolve) => {
        const settle = (): void => {
          socket.off('drain', settle).off('close', settle);
          resolve();
        };
        socket.on('drain', settle).on('close', settle);
      });
    },
    close() {
      socket.end();
      socket.resume();
      const linger = clock.setTimer(LINGER_MS, () => void socket.destroy());
      socket.once('close', () => linger.cancel());
    },
  };
}

async function* chunksOf(socket: TLSSocket): AsyncGenerator<Uint8Array> {
  try {
    yield* socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } finally {
    // What still comes is of no use, but left unread it would turn our close into a reset, and the goodbye into nothing.
    socket.resume();
  }
}
