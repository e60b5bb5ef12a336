// RFC 5480: SubjectPublicKeyInfo of a key on P-256, uncompressed, which has one form only.
import { base64Decode, base64Encode } from '../bytes/base64.ts';
import { concatBytes, equalBytes } from '../bytes/bytes.ts';

/** All of it before x and y: id-ecPublicKey, prime256v1, a bit string, "uncompressed". */
const HEAD: Uint8Array = Uint8Array.of(
  0x30,
  0x59,
  0x30,
  0x13,
  0x06,
  0x07,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  0x02,
  0x01,
  0x06,
  0x08,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  0x03,
  0x01,
  0x07,
  0x03,
  0x42,
  0x00,
  0x04,
);
const POINT_BYTES = 64;
const PEM_LINE = 64; // RFC 7468, 2

/** Whether `der` is such a key. Whether its point lies on the curve only an import tells. */
export function isP256PublicKey(der: Uint8Array): boolean {
  return der.length === HEAD.length + POINT_BYTES && equalBytes(der.subarray(0, HEAD.length), HEAD);
}

/** The key of a point: x then y, 32 bytes each. */
export function p256PublicKeyOf(point: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(HEAD, point);
}

/** x then y of a key. */
export function p256PointOf(der: Uint8Array): Uint8Array<ArrayBuffer> {
  return der.slice(HEAD.length);
}

/** The PEM text (RFC 7468) of a key, in which a registry takes it. */
export function publicKeyPem(der: Uint8Array): string {
  const lines = base64Encode(der).match(new RegExp(`.{1,${PEM_LINE}}`, 'g')) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/** The key in a PEM text; `undefined` for any other text, and for other kinds of key. */
export function publicKeyOfPem(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const [, text] = /^\s*-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----\s*$/.exec(pem) ?? [];
  const der = text === undefined ? undefined : base64Decode(text.replaceAll(/\s/g, ''));
  return der !== undefined && isP256PublicKey(der) ? der : undefined;
}
