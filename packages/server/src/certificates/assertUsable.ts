import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { pemBlocks } from '../runtime/pem.ts';
import { certificateError } from './certificateErrors.ts';
import type { CertifiedKey } from './issueCertificates.ts';

/** Where an operator's own certificate lies. */
export interface OwnCertificatePlace {
  /** For logs and errors: `https`. */
  readonly listener: string;
  /** The server's own certificate, then what stands between it and its root. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Refuses an operator's certificate that clients would refuse. @throws `OWN_CERTIFICATE_…` */
export function assertUsable(
  found: CertifiedKey,
  { listener, certificateFile, keyFile }: OwnCertificatePlace,
  nowMs: number,
): void {
  const where = { file: certificateFile, listener };
  const chain = parseChain(found.cert, where);
  const [own] = chain;
  if (!own.checkPrivateKey(parseKey(found.key, { file: keyFile, listener }))) {
    throw certificateError('OWN_CERTIFICATE_KEY_WRONG', { ...where, keyFile });
  }
  for (const [index, issuer] of chain.entries()) {
    const issued = chain[index - 1];
    if (issued === undefined || (issued.checkIssued(issuer) && issued.verify(issuer.publicKey))) continue;
    const context = { ...where, place: index + 1, issuer: issuer.subject.replaceAll('\n', ', ') };
    throw certificateError('OWN_CERTIFICATE_CHAIN_BROKEN', context);
  }
  const now = new Date(nowMs);
  if (own.validToDate < now) {
    throw certificateError('OWN_CERTIFICATE_EXPIRED', { ...where, notAfter: own.validToDate.toISOString() });
  }
  if (own.validFromDate > now) {
    const context = { ...where, notBefore: own.validFromDate.toISOString(), now: now.toISOString() };
    throw certificateError('OWN_CERTIFICATE_NOT_YET_VALID', context);
  }
  try {
    for (const { publicKey } of chain) assertStrong(publicKey);
    createSecureContext(found);
  } catch (error) {
    throw certificateError('OWN_CERTIFICATE_UNSUITABLE', { ...where, reason: (error as Error).message }, error);
  }
}

/** As OpenSSL's security level 2 has it, which is Node's; Bun's BoringSSL has no levels and would take them. */
const LEAST_RSA_BITS = 2048;

function assertStrong({ asymmetricKeyDetails: { modulusLength } = {} }: KeyObject): void {
  if (modulusLength !== undefined && modulusLength < LEAST_RSA_BITS) {
    throw new Error(`key too small, ${modulusLength} bits; RSA keys have at least ${LEAST_RSA_BITS}`);
  }
}

interface Where {
  readonly file: string;
  readonly listener: string;
}

function parseChain(text: string, where: Where): readonly [X509Certificate, ...X509Certificate[]] {
  try {
    const blocks = pemBlocks(text).filter(({ label }) => label === 'CERTIFICATE');
    const [own, ...issuers] = blocks.map((block) => new X509Certificate(block.text));
    if (own !== undefined) return [own, ...issuers];
  } catch {
    // A damaged block is as good as none.
  }
  throw certificateError('OWN_CERTIFICATE_NOT_PEM', { ...where, expected: 'certificates' });
}

function parseKey(text: string, where: Where): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw certificateError('OWN_CERTIFICATE_NOT_PEM', { ...where, expected: 'one unencrypted private key' }, error);
  }
}
