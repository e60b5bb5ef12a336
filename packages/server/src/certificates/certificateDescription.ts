import { createHash, X509Certificate } from 'node:crypto';

/** What people and programs ask about a certificate. */
export interface CertificateDescription {
  readonly subject: string;
  readonly issuer: string;
  /** RFC 3339 */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly serialNumber: string;
  /** `AA:BB:…` of the whole certificate, as browsers show it. */
  readonly sha256Fingerprint: string;
  /** Base64 of the SHA-256 of its SubjectPublicKeyInfo, as pinning wants it (RFC 7469 section 2.4). */
  readonly publicKeySha256: string;
}

/** @param pem a certificate; anything behind it is not looked at */
export function describeCertificate(pem: string): CertificateDescription {
  const certificate = new X509Certificate(pem);
  const publicKey = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    serialNumber: certificate.serialNumber,
    sha256Fingerprint: certificate.fingerprint256,
    publicKeySha256: createHash('sha256').update(publicKey).digest('base64'),
  };
}

/** The same certificate in DER, which some boards and Windows want. */
export function certificateDer(pem: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new X509Certificate(pem).raw);
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
