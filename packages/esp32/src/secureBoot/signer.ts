import { CURVES } from '../keys/curves.ts';
import { signDigest, verifyDigest } from '../keys/ecdsa.ts';
import { bitLength } from '../keys/bigIntegers.ts';
import type { PrivateKey, PublicKey } from '../keys/keys.ts';
import { privateJwk, publicJwk } from '../keys/webCryptoKeys.ts';
import { secureBootError } from './secureBootErrors.ts';

/** Who signs images: a key file, WebCrypto, or a program that asks a hardware module. A port. */
export interface SecureBootSigner {
  readonly publicKey: PublicKey;
  /**
   * The signature of `image`: for RSA that of RSA-PSS with SHA-256 and a salt of 32 bytes, for a curve r and s of ECDSA with
   * `hashOf` the key. Big-endian.
   */
  sign(image: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** What WebCrypto is told: RSA-PSS or ECDSA. */
interface SignatureAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly saltLength: number;
  readonly namedCurve: string;
}

/** The hash that goes with a key: SHA-384 for P-384 alone. */
export function hashOf(key: PublicKey): 'SHA-256' | 'SHA-384' {
  return key.kind === 'EC' && key.curve === 'P-384' ? 'SHA-384' : 'SHA-256';
}

export async function imageDigest(key: PublicKey, image: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest(hashOf(key), image));
}

/** @throws `SECURE_BOOT_KEY_UNFIT` for a key that secure boot v2 does not take */
export function checkKeyFitsV2(key: PublicKey): void {
  if (key.kind === 'EC' || (bitLength(key.n) === 3072 && key.n % 2n === 1n && key.e < 2n ** 32n)) return;
  const found = `RSA of ${bitLength(key.n)} bit`;
  const allowed = 'RSA of 3072 bit, P-192, P-256 or P-384';
  throw secureBootError('SECURE_BOOT_KEY_UNFIT', { found, version: 'v2', allowed });
}

/**
 * Signs with WebCrypto, and where that lacks the curve, P-192, with code of ours that is not constant-time: on the maker's
 * own machine alone.
 */
export function portableSigner(key: PrivateKey): SecureBootSigner {
  return {
    publicKey: key,
    async sign(image) {
      if (key.kind === 'EC' && key.curve === 'P-192') {
        return signDigest(CURVES[key.curve], key.d, await imageDigest(key, image));
      }
      const algorithm = algorithmOf(key);
      const imported = await crypto.subtle.importKey('jwk', privateJwk(key), algorithm, false, ['sign']);
      return new Uint8Array(await crypto.subtle.sign(algorithm, imported, image));
    },
  };
}

/** Whether `signature`, in the form in which a `SecureBootSigner` gives it, was made of `image` by the owner of `key`. */
export async function verifySignature(
  key: PublicKey,
  image: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (key.kind === 'EC' && key.curve === 'P-192') {
    return verifyDigest(CURVES[key.curve], key, await imageDigest(key, image), signature);
  }
  const algorithm = algorithmOf(key);
  // A key that the platform refuses, an RSA exponent of 1 for example, has signed nothing.
  const imported = await crypto.subtle
    .importKey('jwk', publicJwk(key), algorithm, false, ['verify'])
    .catch(() => undefined);
  return imported !== undefined && crypto.subtle.verify(algorithm, imported, signature, image);
}

/** Members that an algorithm has no use for, WebCrypto does not look at. */
function algorithmOf(key: PublicKey): SignatureAlgorithm {
  const [name, namedCurve] = key.kind === 'RSA' ? ['RSA-PSS', ''] : ['ECDSA', key.curve];
  return { name, hash: hashOf(key), saltLength: 32, namedCurve };
}
