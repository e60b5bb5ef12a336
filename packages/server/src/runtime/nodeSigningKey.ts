import type { SignatureAlgorithm, SigningKey } from '@mkiot/core/crypto/signatures';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cryptoError } from './cryptoErrors.ts';
import { whyUnfit } from './nodeCrypto.ts';

/** A new P-256 key as an unencrypted PKCS #8 PEM text. It is a secret: keep it in a file of mode 0600. */
export function generateSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** The private key in a PEM file, P-256 or RSA. @throws `SIGNING_KEY_UNREADABLE` */
export async function loadSigningKey(file: string): Promise<SigningKey> {
  try {
    return nodeSigningKey(createPrivateKey(await readFile(file)));
  } catch (error) {
    throw cryptoError('SIGNING_KEY_UNREADABLE', { file }, error);
  }
}

/** The port SigningKey on a private key of Node; its kind decides the algorithm. @throws `KEY_KIND_WRONG` */
export function nodeSigningKey(key: KeyObject): SigningKey {
  const algorithm: SignatureAlgorithm = key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  const wrong = whyUnfit(key, algorithm);
  if (wrong !== undefined) throw cryptoError('KEY_KIND_WRONG', { format: `${algorithm} (private)`, ...wrong });
  return {
    algorithm,
    publicKeyPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }),
    sign: (data) =>
      new Promise((resolve, reject) => {
        sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, (error, signature) =>
          error === null ? resolve(signature) : reject(error),
        );
      }),
  };
}
