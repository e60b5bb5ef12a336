// Pre-encrypted OTA images of ESP-IDF's component esp_encrypted_img: AES-256-GCM under a key of the image's own, which is
// wrapped for the device.
import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { bitLength } from '../keys/bigIntegers.ts';
import type { PrivateKey, PublicKey, RsaPublicKey } from '../keys/keys.ts';
import type { RsaPkcs1 } from '../keys/rsaPkcs1.ts';
import { unwrapByEcies, type WrappedKey, wrapByEcies } from './ecies.ts';
import { encryptedImageError } from './encryptedImageErrors.ts';
import { buildEncryptedImage, IV_BYTES, parseEncryptedImage, TAG_BYTES } from './encryptedImageHeader.ts';

const RSA_BITS = 3072;
const KEY_BYTES = 32;

/**
 * Encrypts an image so that only the owner of the private key can read it: by RSA-3072 or by ECIES on P-256, as the key is.
 *
 * @throws `ENCRYPTED_IMAGE_EMPTY`, `ENCRYPTED_IMAGE_KEY_UNFIT`
 */
export async function encryptImage(
  image: Uint8Array<ArrayBuffer>,
  recipient: PublicKey,
  rsa: RsaPkcs1,
  random: RandomFill,
): Promise<Uint8Array<ArrayBuffer>> {
  if (image.length === 0) throw encryptedImageError('ENCRYPTED_IMAGE_EMPTY');
  checkFits(recipient);
  const { key, wrappedKey } =
    recipient.kind === 'RSA' ? wrapByRsa(recipient, rsa, random) : await wrapByEcies(recipient, random);
  const iv = random(new Uint8Array(IV_BYTES));
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, aes, image));
  const [ciphertext, tag] = [sealed.subarray(0, -TAG_BYTES), sealed.subarray(-TAG_BYTES)];
  return buildEncryptedImage({ wrappedKey, iv, tag, ciphertext });
}

/**
 * The image in a pre-encrypted one.
 *
 * @throws `ENCRYPTED_IMAGE_NOT_OPENED` when any byte is not as it was made, or the key is another; `ENCRYPTED_IMAGE_KEY_UNFIT`,
 *   and what `parseEncryptedImage` throws
 */
export async function decryptImage(
  file: Uint8Array,
  recipient: PrivateKey,
  rsa: RsaPkcs1,
): Promise<Uint8Array<ArrayBuffer>> {
  checkFits(recipient);
  const { wrappedKey, iv, tag, ciphertext } = parseEncryptedImage(file);
  const key =
    recipient.kind === 'RSA' ? rsa.decrypt(recipient, wrappedKey) : await unwrapByEcies(wrappedKey, recipient);
  if (key?.length !== KEY_BYTES) throw encryptedImageError('ENCRYPTED_IMAGE_NOT_OPENED');
  const aes = await crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['decrypt']);
  const sealed = concatBytes(ciphertext, tag);
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, aes, sealed).catch(() => undefined);
  if (opened === undefined) throw encryptedImageError('ENCRYPTED_IMAGE_NOT_OPENED');
  return new Uint8Array(opened);
}

function wrapByRsa(recipient: RsaPublicKey, rsa: RsaPkcs1, random: RandomFill): WrappedKey {
  const key = random(new Uint8Array(KEY_BYTES));
  return { key, wrappedKey: rsa.encrypt(recipient, key) };
}

function checkFits(key: PublicKey): void {
  const fits = key.kind === 'RSA' ? bitLength(key.n) === RSA_BITS : key.curve === 'P-256';
  if (fits) return;
  const found = key.kind === 'RSA' ? `RSA of ${bitLength(key.n)} bit` : `on ${key.curve}`;
  throw encryptedImageError('ENCRYPTED_IMAGE_KEY_UNFIT', { found });
}
