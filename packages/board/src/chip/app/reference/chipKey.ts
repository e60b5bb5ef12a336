import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { RandomFill, SigningKey } from '@mkiot/core/crypto/signatures';
import { p256PublicKeyOf, publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import { fromBigEndian, toBigEndian } from '@mkiot/esp32/keys/bigIntegers';
import { CURVES, multiplyPoint, type Point } from '@mkiot/esp32/keys/curves';
import { privateJwk } from '@mkiot/esp32/keys/webCryptoKeys';
import type { NvsPartition } from '../nvs/nvsPartition.ts';
import type { DeviceKeys } from './keyInstall/deviceKeys.ts';

const NVS_KEY = 'device-key';
const CURVE = CURVES['P-256'];
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The device's private key in NVS, made of the chip's random numbers at the first start. It never leaves the chip. */
export async function openChipKey(nvs: NvsPartition, random: RandomFill): Promise<Uint8Array<ArrayBuffer>> {
  const stored = nvs.get(NVS_KEY)?.slice();
  const scalar = stored ?? randomScalar(random);
  if (stored === undefined) await nvs.set(NVS_KEY, scalar);
  return scalar;
}

/** A private key as logins use it. The scalar has to be one. */
export async function signingKeyOf(scalar: Uint8Array): Promise<SigningKey> {
  const point = pointOf(scalar);
  const key = await privateKeyOf(scalar, point);
  return {
    algorithm: 'ES256',
    publicKeyPem: publicKeyPem(p256PublicKeyOf(publicBytes(point))),
    sign: (data) => signWith(key, data),
  };
}

/** What the chip does with keys in key install. */
export function chipKeys(random: RandomFill): DeviceKeys {
  return {
    newPrivateKey: () => randomScalar(random),
    publicKeyOf: (scalar) => (isPrivateKey(scalar) ? publicBytes(pointOf(scalar)) : undefined),
    sign: async (scalar, data) => signWith(await privateKeyOf(scalar, pointOf(scalar)), data),
  };
}

/** A number from 1 to below the order of the curve, each as likely as any other. */
function randomScalar(random: RandomFill): Uint8Array<ArrayBuffer> {
  for (;;) {
    const scalar = random(new Uint8Array(CURVE.bytes));
    if (isPrivateKey(scalar)) return scalar;
  }
}

function isPrivateKey(scalar: Uint8Array): boolean {
  const d = fromBigEndian(scalar);
  return d > 0n && d < CURVE.n;
}

function pointOf(scalar: Uint8Array): Point {
  const point = multiplyPoint(CURVE, fromBigEndian(scalar), CURVE.g);
  if (point === undefined) throw new TypeError('a scalar below the order has a point');
  return point;
}

function publicBytes({ x, y }: Point): Uint8Array {
  return concatBytes(toBigEndian(x, CURVE.bytes), toBigEndian(y, CURVE.bytes));
}

function privateKeyOf(scalar: Uint8Array, point: Point): Promise<CryptoKey> {
  const jwk = privateJwk({ kind: 'EC', curve: 'P-256', ...point, d: fromBigEndian(scalar) });
  return crypto.subtle.importKey('jwk', jwk, ALGORITHM, false, ['sign']);
}

async function signWith(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, Uint8Array.from(data)));
}
