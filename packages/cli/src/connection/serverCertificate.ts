import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { formatFingerprint } from '@mkiot/core/crypto/fingerprint';
import { connectionError } from './connectionErrors.ts';
import { explain } from './nodeFetch.ts';
import { hostOf } from './serverUrl.ts';

/** The certificate authority at the top of the chain that a server shows. Nothing about it has been proved. */
export interface PresentedAuthority {
  readonly pem: string;
  /** Of the whole certificate, as `mkiot ca show` prints it. */
  readonly fingerprint: string;
  readonly subject: string;
  /** The system trusts the chain already, as it does a public web server's. */
  readonly systemTrusts: boolean;
}

/** Asks the server at `url` for its certificates and sends nothing. */
export async function presentedAuthority(url: URL, signal: AbortSignal): Promise<PresentedAuthority> {
  const socket = await shakeHands(url, signal);
  try {
    const top = topOfChain(socket);
    if (top === undefined || !top.ca) throw connectionError('AUTHORITY_NOT_SHOWN', { server: url.origin });
    return {
      pem: top.toString(),
      fingerprint: formatFingerprint(top.fingerprint256),
      subject: top.subject,
      systemTrusts: socket.authorized,
    };
  } finally {
    socket.destroy();
  }
}

function shakeHands(url: URL, signal: AbortSignal): Promise<TLSSocket> {
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({
      host,
      port: Number(url.port || 443),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // The authority is what we came for: whether to trust it is decided by its fingerprint, before anything is sent.
      rejectUnauthorized: false,
    });
    const onAbort = (): void => void socket.destroy(new Error('given up'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', onAbort));
    socket.once('secureConnect', () => resolve(socket));
    socket.on('error', (error) => reject(explain(error, url.origin)));
  });
}

function topOfChain(socket: TLSSocket): X509Certificate | undefined {
  let certificate = socket.getPeerX509Certificate();
  while (
    certificate?.issuerCertificate !== undefined &&
    certificate.issuerCertificate.fingerprint256 !== certificate.fingerprint256
  ) {
    certificate = certificate.issuerCertificate;
  }
  return certificate;
}
