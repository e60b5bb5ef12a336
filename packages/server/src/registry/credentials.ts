import { LIMITS } from '@mkiot/core/contract/limits';
import type { X509Certificate } from 'node:crypto';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import { checkValidity, readCertificate } from './certificate.ts';
import type { CredentialFields } from './model.ts';
import { registryError } from './registryErrors.ts';

/**
 * Checks the keys that a device is to have. Those it has already are not asked again: a registry certificate added
 * later, or a certificate that has run out, concerns new keys only (IoT Core, "verifying credentials").
 *
 * @param has the device's keys so far
 * @param registryCertificates PEM texts of the device's registry
 * @throws `CREDENTIALS_TOO_MANY`, the `KEY_…` errors of `importVerifyingKey`, `CREDENTIAL_…`
 */
export function checkCredentials(
  credentials: readonly CredentialFields[],
  has: readonly CredentialFields[],
  registryCertificates: readonly string[],
  nowMs: number,
): void {
  const max = LIMITS.credentialsPerDevice;
  if (credentials.length > max) throw registryError('CREDENTIALS_TOO_MANY', { max, found: credentials.length });
  for (const credential of credentials) {
    const isKept = has.some(({ format, pem }) => format === credential.format && pem === credential.pem);
    if (!isKept) checkNewCredential(credential, registryCertificates, nowMs);
  }
}

function checkNewCredential(
  { format, pem }: CredentialFields,
  registryCertificates: readonly string[],
  nowMs: number,
): void {
  importVerifyingKey(pem, format);
  const certificate = readCertificate(pem);
  if (certificate !== undefined) checkValidity(certificate, 'device certificate', nowMs);
  if (registryCertificates.length === 0) return;

  if (certificate === undefined) throw registryError('CREDENTIAL_NOT_A_CERTIFICATE', { format });
  const authorities = registryCertificates.flatMap((text) => readCertificate(text) ?? []);
  if (authorities.some((authority) => authority.raw.equals(certificate.raw))) {
    throw registryError('CREDENTIAL_IS_REGISTRY_CERTIFICATE');
  }
  if (!authorities.some((authority) => hasSigned(authority, certificate))) {
    throw registryError('CREDENTIAL_NOT_SIGNED_BY_REGISTRY');
  }
}

/** By the signature alone: a registry certificate's subject is not looked at. */
function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.verify(authority.publicKey);
  } catch {
    // A key of another kind than the signature's.
    return false;
  }
}
