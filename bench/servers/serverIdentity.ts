import { systemClock } from '@mkiot/core/clock/systemClock';
import { issueAuthority, issueServerCertificate } from '@mkiot/server/certificates/issueCertificates';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { writePrivate } from './privateFile.ts';

/** A P-256 certificate for `localhost` as MkIoT's own have it, so that a handshake costs every server the same signature. */
export interface ServerIdentity {
  /** PEM of the authority that the certificate hangs on. */
  readonly authority: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export async function writeServerIdentity(folder: string): Promise<ServerIdentity> {
  const now = systemClock.now();
  const authority = await issueAuthority('Authority of a measurement', now, randomFill);
  const names = { names: ['localhost'], addresses: ['127.0.0.1'] };
  const { cert, key } = await issueServerCertificate(authority, names, now, randomFill);
  return {
    authority: authority.cert,
    certificateFile: await writePrivate(folder, 'server.pem', cert),
    keyFile: await writePrivate(folder, 'server.key', key),
  };
}
