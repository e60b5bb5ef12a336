import { LIMITS } from '@mkiot/core/contract/limits';
import { whyUnfit } from '../runtime/nodeCrypto.ts';
import { holdsPrivateKey } from '../runtime/pem.ts';
import { checkValidity, readCertificate } from './certificate.ts';
import { registryError } from './registryErrors.ts';

/**
 * Checks the certificates that a registry is to have (IoT Core, "verifying credentials"): RSA or P-256, valid now, any
 * subject, need not be a root. One that the registry has already may have run out.
 *
 * @param has the registry's certificates so far
 * @throws `CERTIFICATES_TOO_MANY`, `CERTIFICATE_…`, `CREDENTIAL_CERTIFICATE_NOT_VALID_NOW`
 */
export function checkRegistryCertificates(
  certificates: readonly string[],
  has: readonly string[],
  nowMs: number,
): void {
  const max = LIMITS.certificatesPerRegistry;
  if (certificates.length > max) throw registryError('CERTIFICATES_TOO_MANY', { max, found: certificates.length });
  for (const [index, pem] of certificates.entries()) {
    if (!has.includes(pem)) checkNewCertificate(pem, index + 1, nowMs);
  }
}

function checkNewCertificate(pem: string, number: number, nowMs: number): void {
  if (holdsPrivateKey(pem)) throw registryError('CERTIFICATE_IS_PRIVATE_KEY', { number });
  const certificate = readCertificate(pem);
  if (certificate === undefined) throw registryError('CERTIFICATE_UNREADABLE', { number });
  const isRsa = certificate.publicKey.asymmetricKeyType === 'rsa';
  const wrong = whyUnfit(certificate.publicKey, isRsa ? 'RS256' : 'ES256');
  if (wrong !== undefined) throw registryError('CERTIFICATE_KEY_UNFIT', { number, found: wrong.found });
  checkValidity(certificate, `registry certificate number ${number}`, nowMs);
}
