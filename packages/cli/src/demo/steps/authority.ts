import { describeCertificate } from '@mkiot/server/certificates/certificateDescription';
import { formatFingerprint } from '@mkiot/core/crypto/fingerprint';
import type { NodeFetch } from '../../connection/nodeFetch.ts';
import type { ServedPlatform } from '../../platform/servePlatform.ts';
import { expectEqual } from '../demoErrors.ts';
import type { Tell } from '../demoReport.ts';

/** @param transport trusts this authority and no other */
export async function authorityStep(tell: Tell, platform: ServedPlatform, transport: NodeFetch): Promise<void> {
  const { subject, sha256Fingerprint, notAfter } = describeCertificate(platform.authorityCertificate);
  tell(`${subject}, valid until ${notAfter}`);
  tell(formatFingerprint(sha256Fingerprint));
  const { status } = await transport.fetch('/healthz', { method: 'GET', headers: {} });
  expectEqual('The answer over TLS', status, 200);
  tell('a client that trusts this authority and no other has reached the API over TLS');
}
