import { X509Certificate } from 'node:crypto';
import { pemBlocks } from '../runtime/pem.ts';
import { registryError } from './registryErrors.ts';

/** The certificate of a PEM text that is nothing but one certificate; `undefined` for any other text. */
export function readCertificate(pem: string): X509Certificate | undefined {
  const [block, ...more] = pemBlocks(pem);
  if (block?.label !== 'CERTIFICATE' || more.length > 0) return undefined;
  try {
    return new X509Certificate(block.text);
  } catch {
    return undefined;
  }
}

/**
 * @param kind what the certificate is, for the error's text
 * @throws `CREDENTIAL_CERTIFICATE_NOT_VALID_NOW`
 */
export function checkValidity(certificate: X509Certificate, kind: string, nowMs: number): void {
  const { validFromDate, validToDate } = certificate;
  if (nowMs >= validFromDate.getTime() && nowMs <= validToDate.getTime()) return;
  throw registryError('CREDENTIAL_CERTIFICATE_NOT_VALID_NOW', {
    kind,
    from: validFromDate.toISOString(),
    to: validToDate.toISOString(),
    now: new Date(nowMs).toISOString(),
  });
}
