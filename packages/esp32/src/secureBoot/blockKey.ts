// The public key in a signature block of secure boot v2: what the chip computes with, and what its eFuses hold a digest of.
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { inverse, toLittleEndian } from '../keys/bigIntegers.ts';
import { type CurveName, CURVES } from '../keys/curves.ts';
import type { EcPublicKey, PublicKey } from '../keys/keys.ts';
import { checkKeyFitsV2 } from './signer.ts';

export const RSA_MODULUS_BYTES = 384;

/** How a curve stands in a signature block. */
export interface EcdsaRow {
  readonly curve: CurveName;
  readonly id: number;
  /** 0: SHA-256, 1: SHA-384. */
  readonly hashId: number;
  readonly digestBytes: number;
  /** Room for X and Y, and again for r and s: that of the largest curve with the same hash. */
  readonly pairBytes: number;
}

export const ECDSA: readonly EcdsaRow[] = [
  { curve: 'P-192', id: 1, hashId: 0, digestBytes: 32, pairBytes: 64 },
  { curve: 'P-256', id: 2, hashId: 0, digestBytes: 32, pairBytes: 64 },
  { curve: 'P-384', id: 3, hashId: 1, digestBytes: 48, pairBytes: 96 },
];

/** What the eFuses hold of a key: SHA-256 of it as it stands in the block. @throws `SECURE_BOOT_KEY_UNFIT` */
export async function keyDigest(publicKey: PublicKey): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', keyBytes(publicKey)));
}

/**
 * The key as the chip wants it; for RSA with R and M′, which its multiplier needs for Montgomery's method.
 *
 * @throws `SECURE_BOOT_KEY_UNFIT`
 */
export function keyBytes(key: PublicKey): Uint8Array<ArrayBuffer> {
  checkKeyFitsV2(key);
  if (key.kind === 'RSA') {
    const r = 2n ** BigInt(16 * RSA_MODULUS_BYTES) % key.n;
    const m = 2n ** 32n - inverse(key.n, 2n ** 32n);
    return concatBytes(
      toLittleEndian(key.n, RSA_MODULUS_BYTES),
      toLittleEndian(key.e, 4),
      toLittleEndian(r, RSA_MODULUS_BYTES),
      toLittleEndian(m, 4),
    );
  }
  const { bytes } = CURVES[key.curve];
  const row = rowOf(key);
  const field = new Uint8Array(1 + row.pairBytes);
  field[0] = row.id;
  field.set(toLittleEndian(key.x, bytes), 1);
  field.set(toLittleEndian(key.y, bytes), 1 + bytes);
  return field;
}

export function rowOf({ curve }: EcPublicKey): EcdsaRow {
  return ECDSA.find((row) => row.curve === curve) as EcdsaRow;
}
