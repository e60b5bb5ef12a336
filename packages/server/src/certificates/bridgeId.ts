import { createHash, X509Certificate } from 'node:crypto';

/**
 * What devices sign in the place of "this installation" (docs/protocol.md): SHA-256 of the SubjectPublicKeyInfo of its
 * authority, which devices know because they trust it.
 *
 * @param authorityCertificate PEM
 */
export function bridgeIdOf(authorityCertificate: string): Uint8Array {
  const publicKey = new X509Certificate(authorityCertificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(publicKey).digest();
}
