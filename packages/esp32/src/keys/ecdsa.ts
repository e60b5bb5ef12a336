// ECDSA (FIPS 186-4 section 6.4) with the deterministic nonce of RFC 6979: no bad random number can give the key away. Not
// constant-time, as the curves are not.
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { fromBigEndian, inverse, modulo, toBigEndian } from './bigIntegers.ts';
import { addPoints, type Curve, multiplyPoint, type Point } from './curves.ts';

const NONCE_HASH = 'SHA-256';

/** The signature of a SHA-256 `digest`: r, then s, big-endian. */
export async function signDigest(curve: Curve, d: bigint, digest: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const e = truncated(curve, digest);
  for await (const k of nonces(curve, d, digest)) {
    const r = modulo(multiplyPoint(curve, k, curve.g)?.x ?? 0n, curve.n);
    const s = modulo(inverse(k, curve.n) * (e + r * d), curve.n);
    if (r !== 0n && s !== 0n) return concatBytes(toBigEndian(r, curve.bytes), toBigEndian(s, curve.bytes));
  }
  throw new Error('unreachable: the nonces do not end');
}

/** Whether `signature`, r then s, is one of `digest` by the owner of `publicKey`, a point of the curve. */
export function verifyDigest(curve: Curve, publicKey: Point, digest: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 2 * curve.bytes) return false;
  const r = fromBigEndian(signature.subarray(0, curve.bytes));
  const s = fromBigEndian(signature.subarray(curve.bytes));
  if (r === 0n || r >= curve.n || s === 0n || s >= curve.n) return false;
  const w = inverse(s, curve.n);
  const u = multiplyPoint(curve, modulo(truncated(curve, digest) * w, curve.n), curve.g);
  const v = multiplyPoint(curve, modulo(r * w, curve.n), publicKey);
  const sum = addPoints(curve, u, v);
  return sum !== undefined && modulo(sum.x, curve.n) === r;
}

/** The leftmost bits of a digest, as many as n has: the `bits2int` of RFC 6979 section 2.3.2. */
function truncated({ bytes }: Curve, digest: Uint8Array): bigint {
  return fromBigEndian(digest.subarray(0, bytes));
}

/** The candidates for k, one after the other (RFC 6979 section 3.2). */
async function* nonces(curve: Curve, d: bigint, digest: Uint8Array): AsyncGenerator<bigint> {
  const secret = toBigEndian(d, curve.bytes);
  const message = toBigEndian(modulo(truncated(curve, digest), curve.n), curve.bytes);
  let key = new Uint8Array(32);
  let value = new Uint8Array(32).fill(1);
  for (const round of [0, 1]) {
    key = await hmac(key, concatBytes(value, Uint8Array.of(round), secret, message));
    value = await hmac(key, value);
  }
  for (;;) {
    let bits = new Uint8Array(0);
    while (bits.length < curve.bytes) {
      value = await hmac(key, value);
      bits = concatBytes(bits, value);
    }
    const k = fromBigEndian(bits.subarray(0, curve.bytes));
    if (k > 0n && k < curve.n) yield k;
    key = await hmac(key, concatBytes(value, Uint8Array.of(0)));
    value = await hmac(key, value);
  }
}

async function hmac(key: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: 'HMAC', hash: NONCE_HASH };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign(algorithm, imported, data));
}
