// The ECIES scheme of esp_encrypted_img: ECDH on P-256 with a new key of the sender, then HKDF, give the key of the image.
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { fromBigEndian, toBigEndian } from '../keys/bigIntegers.ts';
import { CURVES, isOnCurve, multiplyPoint } from '../keys/curves.ts';
import { privateJwk, publicJwk } from '../keys/webCryptoKeys.ts';
import type { EcPrivateKey, EcPublicKey } from '../keys/keys.ts';
import { encryptedImageError } from './encryptedImageErrors.ts';
import { WRAPPED_KEY_BYTES } from './encryptedImageHeader.ts';

const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const;
const POINT_BYTES = 64;
const SALT_BYTES = 32;
const INFO = utf8Encode('_esp_enc_img_ecc');
const HMAC_KEY_BYTES = 32;

/** How the component derives a device's key from the HMAC key in its eFuses. */
const PBKDF2 = {
  name: 'PBKDF2',
  hash: 'SHA-256',
  iterations: 2048,
  salt: toBigEndian(0x0e2160642dae76d33448e43d7720123d9f3b1eceb88e573a4e8f7fb94ff0c869n, 32),
} as const;

/** The AES key of an image, and how it stands in the header. */
export interface WrappedKey {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly wrappedKey: Uint8Array;
}

/** A new key for an image to the owner of `recipient`. */
export async function wrapByEcies(recipient: EcPublicKey, random: RandomFill): Promise<WrappedKey> {
  const sender = await crypto.subtle.generateKey(ECDH, true, ['deriveBits']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', sender.publicKey)).subarray(1);
  const salt = random(new Uint8Array(SALT_BYTES));
  const wrappedKey = new Uint8Array(WRAPPED_KEY_BYTES);
  wrappedKey.set(concatBytes(point, salt));
  return { key: await imageKey(sender.privateKey, recipient, salt), wrappedKey };
}

/** The key of an image; undefined when the header holds no key of this scheme. */
export async function unwrapByEcies(
  wrappedKey: Uint8Array,
  recipient: EcPrivateKey,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const [x, y] = [wrappedKey.subarray(0, 32), wrappedKey.subarray(32, POINT_BYTES)].map(fromBigEndian);
  const sender = { kind: 'EC', curve: 'P-256', x: x as bigint, y: y as bigint } as const;
  const isRestZero = wrappedKey.subarray(POINT_BYTES + SALT_BYTES).every((byte) => byte === 0);
  if (!isRestZero || !isOnCurve(CURVES['P-256'], sender)) return undefined;
  const privateKey = await crypto.subtle.importKey('jwk', privateJwk(recipient), ECDH, false, ['deriveBits']);
  return imageKey(privateKey, sender, new Uint8Array(wrappedKey.subarray(POINT_BYTES, POINT_BYTES + SALT_BYTES)));
}

/**
 * The key pair of a device that has `hmacKey` in its eFuses (key purpose HMAC_UP).
 *
 * @throws `ENCRYPTED_IMAGE_HMAC_KEY`
 */
export async function deviceKeyOf(hmacKey: Uint8Array<ArrayBuffer>): Promise<EcPrivateKey> {
  if (hmacKey.length !== HMAC_KEY_BYTES)
    throw encryptedImageError('ENCRYPTED_IMAGE_HMAC_KEY', { bytes: hmacKey.length });
  const key = await crypto.subtle.importKey('raw', hmacKey, 'PBKDF2', false, ['deriveBits']);
  const d = fromBigEndian(new Uint8Array(await crypto.subtle.deriveBits(PBKDF2, key, 256)));
  const curve = CURVES['P-256'];
  const point = d < curve.n ? multiplyPoint(curve, d, curve.g) : undefined;
  if (point === undefined) throw encryptedImageError('ENCRYPTED_IMAGE_HMAC_KEY', { bytes: hmacKey.length });
  return { kind: 'EC', curve: 'P-256', ...point, d };
}

async function imageKey(
  privateKey: CryptoKey,
  publicKey: EcPublicKey,
  salt: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('jwk', publicJwk(publicKey), ECDH, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: imported }, privateKey, 256);
  const secret = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt, info: INFO };
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf, secret, 256));
}
