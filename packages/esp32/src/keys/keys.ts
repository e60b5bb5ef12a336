import type { CurveName, Point } from './curves.ts';

export interface RsaPublicKey {
  readonly kind: 'RSA';
  readonly n: bigint;
  readonly e: bigint;
}

export interface EcPublicKey extends Point {
  readonly kind: 'EC';
  readonly curve: CurveName;
}

export type PublicKey = RsaPublicKey | EcPublicKey;

/** The numbers of RFC 8017 section 3.2, form 2: two primes. */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

export interface EcPrivateKey extends EcPublicKey {
  readonly d: bigint;
}

export type PrivateKey = RsaPrivateKey | EcPrivateKey;
