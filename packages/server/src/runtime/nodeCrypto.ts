import type { PublicKeyFormat } from '@mkiot/core/api/resources';
import type { RandomFill, SignatureAlgorithm, VerifyingKey } from '@mkiot/core/crypto/signatures';
import { createPublicKey, type KeyObject, randomFillSync, verify, X509Certificate } from 'node:crypto';
import { cryptoError } from './cryptoErrors.ts';
import { holdsPrivateKey, type PemBlock, pemBlocks } from './pem.ts';

/** The port RandomFill on the operating system's generator. */
export const randomFill: RandomFill = (bytes) => randomFillSync(bytes);

interface FormatRow {
  readonly label: 'PUBLIC KEY' | 'CERTIFICATE';
  readonly algorithm: SignatureAlgorithm;
}

/** The allow-list of `PublicKeyFormat` (google/cloud/iot/v1/resources.proto). */
const FORMATS: Partial<Readonly<Record<PublicKeyFormat, FormatRow>>> = {
  ES256_PEM: { label: 'PUBLIC KEY', algorithm: 'ES256' },
  ES256_X509_PEM: { label: 'CERTIFICATE', algorithm: 'ES256' },
  RSA_PEM: { label: 'PUBLIC KEY', algorithm: 'RS256' },
  RSA_X509_PEM: { label: 'CERTIFICATE', algorithm: 'RS256' },
};

/**
 * A device's public key, parsed once so that a login verifies at once. The algorithm follows from `format` alone: a
 * token cannot talk a key into another one.
 *
 * @param pem SubjectPublicKeyInfo or, for the X509 formats, a certificate of which only the key is looked at
 * @throws `KEY_FORMAT_UNSUPPORTED`, `KEY_IS_PRIVATE`, `KEY_NOT_PEM`, `KEY_UNREADABLE`, `KEY_KIND_WRONG`
 */
export function importVerifyingKey(pem: string, format: PublicKeyFormat): VerifyingKey {
  const row = FORMATS[format];
  if (row === undefined) throw cryptoError('KEY_FORMAT_UNSUPPORTED', { format });
  const key = readPublicKey(pem, format, row.label);
  const wrong = whyUnfit(key, row.algorithm);
  if (wrong !== undefined) throw cryptoError('KEY_KIND_WRONG', { format, ...wrong });
  return row.algorithm === 'ES256' ? ecdsaVerifyingKey(key) : rsaVerifyingKey(key);
}

function readPublicKey(pem: string, format: string, label: FormatRow['label']): KeyObject {
  if (holdsPrivateKey(pem)) throw cryptoError('KEY_IS_PRIVATE');
  const [block, ...more] = pemBlocks(pem);
  if (block === undefined || block.label !== label || more.length > 0) {
    const found = block === undefined ? 'none' : [block, ...more].map((each) => `"${each.label}"`).join(' and ');
    throw cryptoError('KEY_NOT_PEM', { format, expected: label, found });
  }
  try {
    return publicKeyIn(block);
  } catch (error) {
    throw cryptoError('KEY_UNREADABLE', { label }, error);
  }
}

/** The key of a block that holds one, or a certificate for it. Throws on any other. */
export function publicKeyIn({ label, text }: PemBlock): KeyObject {
  return label === 'CERTIFICATE' ? new X509Certificate(text).publicKey : createPublicKey(text);
}

const RSA_BITS = { min: 2048, max: 8192 };

/**
 * What keeps a public or private key from being used with `algorithm`; `undefined` when nothing does.
 *
 * An RSA key longer than 8192 bit would let its owner make every login expensive; with an exponent of 1 anybody could sign.
 */
export function whyUnfit(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
): { readonly expected: string; readonly found: string } | undefined {
  const { namedCurve = 'an unnamed curve', modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType;
  if (algorithm === 'ES256') {
    if (kind === 'ec' && namedCurve === 'prime256v1') return undefined;
    return {
      expected: 'an EC key on P-256 (prime256v1)',
      found: kind === 'ec' ? `on ${namedCurve}` : `of kind ${kind}`,
    };
  }
  const expected = `an RSA key of ${RSA_BITS.min} to ${RSA_BITS.max} bit with an odd public exponent of at least 3`;
  if (kind !== 'rsa') return { expected, found: `of kind ${kind}` };
  if (modulusLength < RSA_BITS.min || modulusLength > RSA_BITS.max)
    return { expected, found: `${modulusLength} bit long` };
  if (publicExponent < 3n || publicExponent % 2n === 0n)
    return { expected, found: `one with exponent ${publicExponent}` };
  return undefined;
}

function ecdsaVerifyingKey(key: KeyObject): VerifyingKey {
  const input = { key, dsaEncoding: 'ieee-p1363' } as const;
  return {
    algorithm: 'ES256',
    // RFC 7518 section 3.4: r and s as 32 octets each, nothing else is a signature.
    verify: (signed, signature) => signature.length === 64 && verify('sha256', signed, input, signature),
  };
}

function rsaVerifyingKey(key: KeyObject): VerifyingKey {
  return { algorithm: 'RS256', verify: (signed, signature) => verify('sha256', signed, key, signature) };
}
