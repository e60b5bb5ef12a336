import { concatBytes, toHex } from '@mkiot/core/bytes/bytes';
import { sha256 } from '../../bytes/sha256.ts';
import { bitLength, toBigEndian } from '../../keys/bigIntegers.ts';
import { CURVES } from '../../keys/curves.ts';
import type { PublicKey } from '../../keys/keys.ts';

/** Lower-case hexadecimal SHA-256 of what makes the key: the modulus of RSA, both coordinates of a point. */
export function keyFingerprint(key: PublicKey): string {
  if (key.kind === 'RSA') return toHex(sha256(toBigEndian(key.n, Math.ceil(bitLength(key.n) / 8))));
  const { bytes } = CURVES[key.curve];
  return toHex(sha256(concatBytes(toBigEndian(key.x, bytes), toBigEndian(key.y, bytes))));
}

/**
 * What a private key is, in words: "EC private key on P-256 in PEM", and the beginning of the fingerprint of its public key,
 * enough to recognise it among those of a maker.
 */
export function privateKeyText(key: PublicKey, form: string): string {
  const name = key.kind === 'RSA' ? `RSA-${bitLength(key.n)} private key` : `EC private key on ${key.curve}`;
  return `${name} ${form}, of the public key with SHA-256 ${keyFingerprint(key).slice(0, 12)}…`;
}
