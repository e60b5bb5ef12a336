import { createHash, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { pemBlocks } from '../runtime/pem.ts';

/**
 * The authority by which devices trust the MQTT port, as PEM.
 *
 * @param chain the certificates of the port as PEM, its own first
 * @param authorityCertificate the installation's own authority as PEM; it also stands for one that nobody here knows
 */
export function bridgeAuthorityOf(chain: string, authorityCertificate: string): string {
  const ours = new X509Certificate(authorityCertificate);
  const last = pemBlocks(chain).findLast(({ label }) => label === 'CERTIFICATE');
  const root = last === undefined ? ours : (issuerOf(new X509Certificate(last.text), ours) ?? ours);
  return root.toString();
}

/**
 * What devices sign in the place of "this installation" (docs/protocol.md): SHA-256 of the SubjectPublicKeyInfo of the
 * authority by which they trust the MQTT port.
 *
 * @param authority as {@link bridgeAuthorityOf} gives it
 */
export function bridgeIdOf(authority: string): Uint8Array {
  const publicKey = new X509Certificate(authority).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(publicKey).digest();
}

/** Of the last certificate of a chain: itself, our authority, or one of those that everybody knows. */
function issuerOf(last: X509Certificate, ours: X509Certificate): X509Certificate | undefined {
  const hasIssued = (issuer: X509Certificate): boolean => last.checkIssued(issuer) && last.verify(issuer.publicKey);
  const near = [last, ours].find(hasIssued);
  if (near !== undefined) return near;
  const known = rootCertificates.find((pem) => hasIssued(new X509Certificate(pem)));
  return known === undefined ? undefined : new X509Certificate(known);
}
