import { base64UrlEncode } from '@mkiot/core/bytes/base64';
import { bitLength, toBigEndian } from './bigIntegers.ts';
import { CURVES } from './curves.ts';
import type { PrivateKey, PublicKey } from './keys.ts';

/** A JSON Web Key; the types of browser and Node name it differently. */
interface Jwk {
  readonly kty: 'RSA' | 'EC';
  readonly [member: string]: string;
}

/** A public key as a JSON Web Key (RFC 7518 section 6), the form in which WebCrypto takes it. */
export function publicJwk(key: PublicKey): Jwk {
  if (key.kind === 'RSA') return { kty: 'RSA', n: shortest(key.n), e: shortest(key.e) };
  const { bytes } = CURVES[key.curve];
  return { kty: 'EC', crv: key.curve, x: padded(key.x, bytes), y: padded(key.y, bytes) };
}

/** A private key as a JSON Web Key. It is a secret. */
export function privateJwk(key: PrivateKey): Jwk {
  if (key.kind === 'EC') return { ...publicJwk(key), d: padded(key.d, CURVES[key.curve].bytes) };
  const { d, p, q, dp, dq, qi } = key;
  const numbers = {
    d: shortest(d),
    p: shortest(p),
    q: shortest(q),
    dp: shortest(dp),
    dq: shortest(dq),
    qi: shortest(qi),
  };
  return { ...publicJwk(key), ...numbers };
}

function shortest(number: bigint): string {
  return padded(number, Math.ceil(bitLength(number) / 8));
}

function padded(number: bigint, length: number): string {
  return base64UrlEncode(toBigEndian(number, length));
}
