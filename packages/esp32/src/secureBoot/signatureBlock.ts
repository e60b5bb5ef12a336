// The signature block of secure boot v2 (ESP-IDF Programming Guide, "Secure Boot v2", signature block format).
import { crc32 } from '@mkiot/core/bytes/crc32';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { bitLength, fromLittleEndian } from '../keys/bigIntegers.ts';
import { CURVES, isOnCurve } from '../keys/curves.ts';
import type { PublicKey } from '../keys/keys.ts';
import { ECDSA, keyBytes, rowOf, RSA_MODULUS_BYTES } from './blockKey.ts';
import { secureBootError } from './secureBootErrors.ts';

export const SIGNATURE_BLOCK_BYTES = 1216;
export const SIGNATURE_BLOCK_MAGIC = 0xe7;

const CRC_OFFSET = 1196;
const DIGEST_OFFSET = 4;
const RSA = { version: 2, keyBytes: 776, signatureBytes: 384, digestBytes: 32 } as const;
const ECDSA_VERSION = 3;

export interface SignatureBlock {
  readonly publicKey: PublicKey;
  /** Of the image with its padding. */
  readonly digest: Uint8Array;
  /** Big-endian, as a `SecureBootSigner` gives it. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** @throws `SECURE_BOOT_KEY_UNFIT` */
export function buildSignatureBlock({ publicKey, digest, signature }: SignatureBlock): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(SIGNATURE_BLOCK_BYTES);
  const key = keyBytes(publicKey);
  block.set([
    SIGNATURE_BLOCK_MAGIC,
    ...(publicKey.kind === 'RSA' ? [RSA.version] : [ECDSA_VERSION, rowOf(publicKey).hashId]),
  ]);
  block.set(digest, DIGEST_OFFSET);
  block.set(key, DIGEST_OFFSET + digest.length);
  block.set(reversedNumbers(publicKey, signature), DIGEST_OFFSET + digest.length + key.length);
  new DataView(block.buffer).setUint32(CRC_OFFSET, crc32(block.subarray(0, CRC_OFFSET)), true);
  return block;
}

/**
 * @param bytes at least as many as a block has
 * @param block its number and `offset` its place in the file, for errors
 * @throws `SIGNATURE_BLOCK_MAGIC`, `SIGNATURE_BLOCK_CRC`, `SIGNATURE_BLOCK_UNKNOWN`, `SIGNATURE_BLOCK_WRONG`
 */
export function parseSignatureBlock(bytes: Uint8Array, block: number, offset: number): SignatureBlock {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SIGNATURE_BLOCK_BYTES);
  const [magic = 0, version = 0, hashId = 0] = bytes;
  const where = { block, offset: toHexOffset(offset) };
  if (magic !== SIGNATURE_BLOCK_MAGIC)
    throw secureBootError('SIGNATURE_BLOCK_MAGIC', { ...where, found: toHexOffset(magic) });
  const crc = crc32(bytes.subarray(0, CRC_OFFSET));
  const written = view.getUint32(CRC_OFFSET, true);
  if (written !== crc) {
    throw secureBootError('SIGNATURE_BLOCK_CRC', { ...where, found: toHexOffset(written), crc: toHexOffset(crc) });
  }
  const unknown = (field: string, found: number) =>
    secureBootError('SIGNATURE_BLOCK_UNKNOWN', { ...where, field, found });
  if (version !== RSA.version && version !== ECDSA_VERSION) throw unknown('version', version);
  const parsed = version === RSA.version ? readRsa(view, bytes) : readEcdsa(bytes, hashId, unknown);
  checkIsWhatWeBuild(bytes, parsed, block, offset);
  return parsed;
}

function readRsa(view: DataView, bytes: Uint8Array): SignatureBlock {
  const keyOffset = DIGEST_OFFSET + RSA.digestBytes;
  const signatureOffset = keyOffset + RSA.keyBytes;
  const publicKey = {
    kind: 'RSA',
    n: fromLittleEndian(bytes.subarray(keyOffset, keyOffset + RSA_MODULUS_BYTES)),
    e: BigInt(view.getUint32(keyOffset + RSA_MODULUS_BYTES, true)),
  } as const;
  return {
    publicKey,
    digest: bytes.slice(DIGEST_OFFSET, keyOffset),
    signature: reversedNumbers(publicKey, bytes.subarray(signatureOffset, signatureOffset + RSA.signatureBytes)),
  };
}

function readEcdsa(
  bytes: Uint8Array,
  hashId: number,
  unknown: (field: string, found: number) => Error,
): SignatureBlock {
  const digestBytes = ECDSA.find((row) => row.hashId === hashId)?.digestBytes;
  if (digestBytes === undefined) throw unknown('hash', hashId);
  const id = bytes[DIGEST_OFFSET + digestBytes] ?? 0;
  const row = ECDSA.find((row) => row.id === id && row.hashId === hashId);
  if (row === undefined) throw unknown('curve', id);
  const length = CURVES[row.curve].bytes;
  const keyOffset = DIGEST_OFFSET + digestBytes + 1;
  const signatureOffset = keyOffset + row.pairBytes;
  const publicKey = {
    kind: 'EC',
    curve: row.curve,
    x: fromLittleEndian(bytes.subarray(keyOffset, keyOffset + length)),
    y: fromLittleEndian(bytes.subarray(keyOffset + length, keyOffset + 2 * length)),
  } as const;
  return {
    publicKey,
    digest: bytes.slice(DIGEST_OFFSET, DIGEST_OFFSET + digestBytes),
    signature: reversedNumbers(publicKey, bytes.subarray(signatureOffset, signatureOffset + 2 * length)),
  };
}

/** Each number of a signature with its bytes the other way round: one for RSA, r and s for ECDSA. */
function reversedNumbers(key: PublicKey, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const reversed = new Uint8Array(signature);
  const length = key.kind === 'RSA' ? reversed.length : CURVES[key.curve].bytes;
  for (let at = 0; at < reversed.length; at += length) reversed.subarray(at, at + length).reverse();
  return reversed;
}

/** Catches all that the fields do not say: a wrong R or M′, a point off its curve, padding that is not zero. */
function checkIsWhatWeBuild(bytes: Uint8Array, parsed: SignatureBlock, block: number, offset: number): void {
  const { publicKey: key } = parsed;
  const isKey = key.kind === 'RSA' ? bitLength(key.n) === 3072 && key.n % 2n === 1n : isOnCurve(CURVES[key.curve], key);
  const built = isKey ? buildSignatureBlock(parsed) : new Uint8Array(SIGNATURE_BLOCK_BYTES);
  const keyOffset = DIGEST_OFFSET + parsed.digest.length;
  const wrongAt = isKey ? built.findIndex((byte, at) => byte !== bytes[at]) : keyOffset;
  if (wrongAt >= 0) throw secureBootError('SIGNATURE_BLOCK_WRONG', { block, offset: toHexOffset(offset + wrongAt) });
}
