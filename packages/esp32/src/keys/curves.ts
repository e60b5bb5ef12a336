// The NIST curves of secure boot (FIPS 186-4 appendix D.1.2): y² = x³ − 3x + b modulo p, generator G of prime order n. Plain
// big integers, not constant-time: for public keys, and for P-192 where the platform does not know it.
import { inverse, modulo } from './bigIntegers.ts';
import { added, affine, doubled, INFINITY } from './jacobianPoint.ts';

export interface Curve {
  /** Object identifier of RFC 5480 section 2.1.1.1. */
  readonly oid: string;
  /** Bytes of a coordinate and of a number modulo n. */
  readonly bytes: number;
  readonly p: bigint;
  readonly b: bigint;
  readonly n: bigint;
  readonly g: Point;
}

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export type CurveName = 'P-192' | 'P-256' | 'P-384';

export const CURVES: Readonly<Record<CurveName, Curve>> = {
  'P-192': {
    oid: '1.2.840.10045.3.1.1',
    bytes: 24,
    p: 0xfffffffffffffffffffffffffffffffeffffffffffffffffn,
    b: 0x64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1n,
    n: 0xffffffffffffffffffffffff99def836146bc9b1b4d22831n,
    g: {
      x: 0x188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012n,
      y: 0x07192b95ffc8da78631011ed6b24cdd573f977a11e794811n,
    },
  },
  'P-256': {
    oid: '1.2.840.10045.3.1.7',
    bytes: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    },
  },
  'P-384': {
    oid: '1.3.132.0.34',
    bytes: 48,
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    },
  },
};

/** Whether the point is one of the curve; the point at infinity cannot be written as a `Point`. */
export function isOnCurve({ p, b }: Curve, { x, y }: Point): boolean {
  return x >= 0n && x < p && y >= 0n && y < p && modulo(y * y - x * x * x + 3n * x - b, p) === 0n;
}

/** The sum of two points; undefined is the point at infinity. */
export function addPoints({ p }: Curve, a: Point | undefined, b: Point | undefined): Point | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.x === b.x && modulo(a.y + b.y, p) === 0n) return undefined;
  const slope =
    a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y, p) : (b.y - a.y) * inverse(modulo(b.x - a.x, p), p);
  const x = modulo(slope * slope - a.x - b.x, p);
  return { x, y: modulo(slope * (a.x - x) - a.y, p) };
}

/** `point` added `times` times; undefined is the point at infinity. */
export function multiplyPoint(curve: Curve, times: bigint, point: Point): Point | undefined {
  let product = INFINITY;
  for (const bit of times.toString(2)) {
    product = doubled(curve, product);
    if (bit === '1') product = added(curve, product, point);
  }
  return affine(curve, product);
}
