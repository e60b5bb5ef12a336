// The header of ESP-IDF's component esp_encrypted_img (README, "Image Format").
import { toHex } from '@mkiot/core/bytes/bytes';
import { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { encryptedImageError } from './encryptedImageErrors.ts';

export const HEADER_BYTES = 512;
/** Room for the wrapped key: an RSA-3072 ciphertext, or the sender's point and the salt. */
export const WRAPPED_KEY_BYTES = 384;
export const IV_BYTES = 16;
export const TAG_BYTES = 16;

const MAGIC = Uint8Array.of(0xcf, 0xb6, 0x88, 0x07);

export interface EncryptedImage {
  /** How the AES key is wrapped depends on the scheme, which the header does not name. */
  readonly wrappedKey: Uint8Array;
  readonly iv: Uint8Array<ArrayBuffer>;
  /** Of AES-GCM. */
  readonly tag: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** @throws `BYTES_SHORT`, `ENCRYPTED_IMAGE_MAGIC`, `ENCRYPTED_IMAGE_SIZE`, `ENCRYPTED_IMAGE_RESERVED` */
export function parseEncryptedImage(file: Uint8Array): EncryptedImage {
  const reader = new ByteReader(file, 'pre-encrypted image');
  const magic = toHex(reader.bytes(MAGIC.length, 'magic'));
  if (magic !== toHex(MAGIC)) throw encryptedImageError('ENCRYPTED_IMAGE_MAGIC', { found: magic });
  const wrappedKey = reader.bytes(WRAPPED_KEY_BYTES, 'encrypted key');
  const iv = new Uint8Array(reader.bytes(IV_BYTES, 'IV'));
  const size = reader.uint32('image size');
  const tag = reader.bytes(TAG_BYTES, 'authentication tag');
  const reservedOffset = reader.offset;
  const reserved = reader.bytes(HEADER_BYTES - reservedOffset, 'reserved bytes');
  const used = reserved.findIndex((byte) => byte !== 0);
  if (used >= 0) throw encryptedImageError('ENCRYPTED_IMAGE_RESERVED', { offset: toHexOffset(reservedOffset + used) });
  if (size !== reader.left) throw encryptedImageError('ENCRYPTED_IMAGE_SIZE', { named: size, found: reader.left });
  return { wrappedKey, iv, tag, ciphertext: reader.bytes(size, 'image') };
}

export function buildEncryptedImage({ wrappedKey, iv, tag, ciphertext }: EncryptedImage): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(HEADER_BYTES + ciphertext.length);
  const ivOffset = MAGIC.length + WRAPPED_KEY_BYTES;
  const sizeOffset = ivOffset + IV_BYTES;
  file.set(MAGIC);
  file.set(wrappedKey, MAGIC.length);
  file.set(iv, ivOffset);
  new DataView(file.buffer).setUint32(sizeOffset, ciphertext.length, true);
  file.set(tag, sizeOffset + 4);
  file.set(ciphertext, HEADER_BYTES);
  return file;
}
