import { base64Encode } from '@mkiot/core/bytes/base64';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { RandomFill, SigningKey } from '@mkiot/core/crypto/signatures';
import { fromBigEndian, toBigEndian } from '@mkiot/esp32/keys/bigIntegers';
import { CURVES, multiplyPoint } from '@mkiot/esp32/keys/curves';
import { privateJwk } from '@mkiot/esp32/keys/webCryptoKeys';
import type { NvsPartition } from '../nvs/nvsPartition.ts';

const NVS_KEY = 'device-key';
const CURVE = CURVES['P-256'];
/** SubjectPublicKeyInfo of a point on P-256, up to the point (RFC 5480). */
const SPKI_PREFIX: Uint8Array = fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004');

/** The device's key in NVS, made of the chip's random numbers at the first start. It never leaves the chip. */
export async function openChipKey(nvs: NvsPartition, random: RandomFill): Promise<SigningKey> {
  const stored = nvs.get(NVS_KEY);
  const scalar = stored ?? randomScalar(random);
  if (stored === undefined) await nvs.set(NVS_KEY, scalar);
  return signingKey(fromBigEndian(scalar));
}

/** A number from 1 to below the order of the curve, each as likely as any other. */
function randomScalar(random: RandomFill): Uint8Array {
  for (;;) {
    const scalar = random(new Uint8Array(CURVE.bytes));
    const d = fromBigEndian(scalar);
    if (d > 0n && d < CURVE.n) return scalar;
  }
}

async function signingKey(d: bigint): Promise<SigningKey> {
  const point = multiplyPoint(CURVE, d, CURVE.g);
  if (point === undefined) throw new TypeError('a scalar below the order has a point');
  const jwk = privateJwk({ kind: 'EC', curve: 'P-256', ...point, d });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
  const spki = concatBytes(SPKI_PREFIX, toBigEndian(point.x, CURVE.bytes), toBigEndian(point.y, CURVE.bytes));
  return {
    algorithm: 'ES256',
    publicKeyPem: publicKeyPem(spki),
    sign: async (data) => new Uint8Array(await crypto.subtle.sign(algorithm, key, Uint8Array.from(data))),
  };
}

function publicKeyPem(spki: Uint8Array): string {
  const lines = base64Encode(spki).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
