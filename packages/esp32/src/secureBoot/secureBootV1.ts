// Secure boot v1 of the original ESP32 (ESP-IDF Programming Guide, "Secure Boot"): apps carry an ECDSA signature on P-256, the
// bootloader a digest under a key in the eFuses.
import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { Aes } from '../aes/aes.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { IMAGE_MAGIC } from '../image/image.ts';
import { fromBigEndian, toBigEndian } from '../keys/bigIntegers.ts';
import { CURVES, isOnCurve } from '../keys/curves.ts';
import { wholeHardwareKey } from '../keys/hardwareKey.ts';
import type { PrivateKey, PublicKey } from '../keys/keys.ts';
import { secureBootError } from './secureBootErrors.ts';
import { type SecureBootSigner, verifySignature } from './signer.ts';

const SIGNATURE_BYTES = 64;
const FOOTER_BYTES = 4 + SIGNATURE_BYTES;
const SECTOR_BYTES = 4096;
export const IV_BYTES = 128;
/** The secure boot engine reads the bootloader in blocks of SHA-512. */
const ENGINE_BLOCK_BYTES = 128;

/** The image with its signature behind it. @throws `SECURE_BOOT_IMAGE_EMPTY`, `SECURE_BOOT_KEY_UNFIT`, `SECURE_BOOT_SIGNATURE_UNFIT` */
export async function signImageV1(image: Uint8Array<ArrayBuffer>, signer: SecureBootSigner): Promise<Uint8Array> {
  if (image.length === 0) throw secureBootError('SECURE_BOOT_IMAGE_EMPTY');
  checkKeyFitsV1(signer.publicKey);
  const signature = new Uint8Array(await signer.sign(image));
  if (!(await verifySignature(signer.publicKey, image, signature))) {
    throw secureBootError('SECURE_BOOT_SIGNATURE_UNFIT', { bytes: signature.length });
  }
  return concatBytes(image, new Uint8Array(4), signature);
}

/** @throws `SECURE_BOOT_NOT_SIGNED`, `SECURE_BOOT_V1_VERSION`, `SECURE_BOOT_V1_SIGNATURE_WRONG`, `SECURE_BOOT_KEY_UNFIT` */
export async function verifyImageV1(file: Uint8Array<ArrayBuffer>, key: PublicKey): Promise<void> {
  checkKeyFitsV1(key);
  const end = file.length - FOOTER_BYTES;
  if (end <= 0) {
    throw secureBootError('SECURE_BOOT_NOT_SIGNED', {
      reason: `its ${file.length} bytes are not more than a signature`,
    });
  }
  const offset = toHexOffset(end);
  const version = new DataView(file.buffer, file.byteOffset + end).getUint32(0, true);
  if (version !== 0) throw secureBootError('SECURE_BOOT_V1_VERSION', { offset, found: version });
  if (await verifySignature(key, file.subarray(0, end), file.subarray(end + 4))) return;
  throw secureBootError('SECURE_BOOT_V1_SIGNATURE_WRONG', { offset });
}

/**
 * What is flashed at address 0 under secure boot v1: IV and digest in the first sector, then the bootloader.
 *
 * @param key of eFuse block 2 as in a key file: 32 bytes, or 24 for the 3/4 coding scheme
 * @param iv 128 random bytes
 * @throws `SECURE_BOOT_V1_KEY_LENGTH`, `SECURE_BOOT_V1_IV_LENGTH`, `SECURE_BOOT_V1_NOT_IMAGE`, `SECURE_BOOT_IMAGE_EMPTY`
 */
export async function digestBootloader(
  key: Uint8Array,
  iv: Uint8Array,
  bootloader: Uint8Array,
  aes: Aes,
): Promise<Uint8Array> {
  if (iv.length !== IV_BYTES) throw secureBootError('SECURE_BOOT_V1_IV_LENGTH', { bytes: iv.length });
  const wholeKey = wholeHardwareKey(key);
  if (wholeKey === undefined) throw secureBootError('SECURE_BOOT_V1_KEY_LENGTH', { bytes: key.length });
  const image = asTheEngineReads(bootloader);
  const blocks = concatBytes(iv, image);
  reverseEach(blocks, 16);
  const encrypted = Uint8Array.from(aes(wholeKey).encrypt(blocks));
  reverseEach(encrypted, 16);
  reverseEach(encrypted, 4);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', encrypted));
  reverseEach(digest, 4);
  const first = new Uint8Array(SECTOR_BYTES).fill(0xff);
  first.set(iv);
  first.set(digest, IV_BYTES);
  return concatBytes(first, image);
}

/**
 * The bootloader key that follows from the signing key, so that a bootloader can be flashed again: its SHA-256.
 *
 * @param bytes 32, or 24 for the 3/4 coding scheme
 * @throws `SECURE_BOOT_KEY_UNFIT`
 */
export async function reflashableKey(key: PrivateKey, bytes: 24 | 32): Promise<Uint8Array> {
  checkKeyFitsV1(key);
  const digest = await crypto.subtle.digest('SHA-256', toBigEndian(key.d, 32));
  return new Uint8Array(digest).subarray(0, bytes);
}

/** A public key as `espsecure extract-public-key` writes it: X and Y, 64 bytes. @throws `SECURE_BOOT_V1_PUBLIC_KEY` */
export function parseRawPublicKey(bytes: Uint8Array): PublicKey {
  const key = { x: fromBigEndian(bytes.subarray(0, 32)), y: fromBigEndian(bytes.subarray(32)) };
  if (bytes.length !== 64 || !isOnCurve(CURVES['P-256'], key)) throw secureBootError('SECURE_BOOT_V1_PUBLIC_KEY');
  return { kind: 'EC', curve: 'P-256', ...key };
}

function checkKeyFitsV1(key: PublicKey): void {
  if (key.kind === 'EC' && key.curve === 'P-256') return;
  const found = key.kind === 'RSA' ? 'RSA' : `on ${key.curve}`;
  throw secureBootError('SECURE_BOOT_KEY_UNFIT', { found, version: 'v1', allowed: 'P-256' });
}

/** In whole blocks, behind the image erased flash. A SHA-256 at the end of the image may be left out, when it is in the last. */
function asTheEngineReads(bootloader: Uint8Array): Uint8Array {
  const [magic, hasHash] = [bootloader[0], bootloader[23]];
  if (magic === undefined) throw secureBootError('SECURE_BOOT_IMAGE_EMPTY');
  if (magic !== IMAGE_MAGIC) throw secureBootError('SECURE_BOOT_V1_NOT_IMAGE', { found: toHexOffset(magic) });
  const rest = bootloader.length % ENGINE_BLOCK_BYTES;
  if (rest === 0) return bootloader;
  if (hasHash === 1 && rest <= 32) return bootloader.subarray(0, bootloader.length - rest);
  const image = new Uint8Array(bootloader.length - rest + ENGINE_BLOCK_BYTES).fill(0xff);
  image.set(bootloader);
  return image;
}

function reverseEach(bytes: Uint8Array, length: number): void {
  for (let at = 0; at < bytes.length; at += length) bytes.subarray(at, at + length).reverse();
}
