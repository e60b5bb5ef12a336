import { concatBytes } from '@mkiot/core/bytes/bytes';
import { toBigEndian } from './bigIntegers.ts';
import { CURVES } from './curves.ts';
import { DER_TAGS } from './derReader.ts';
import type { EcPrivateKey, PrivateKey, RsaPrivateKey } from './keys.ts';

/** The kind of PEM block that holds a private key in its own form. */
export function ownFormLabel({ kind }: PrivateKey): 'RSA PRIVATE KEY' | 'EC PRIVATE KEY' {
  return kind === 'RSA' ? 'RSA PRIVATE KEY' : 'EC PRIVATE KEY';
}

/** A private key in its own form: PKCS #1 (RFC 8017) or SEC 1 (RFC 5915), with the curve and the public key. It is a secret. */
export function derPrivateKey(key: PrivateKey): Uint8Array<ArrayBuffer> {
  return key.kind === 'RSA' ? rsaPrivateKey(key) : ecPrivateKey(key);
}

function rsaPrivateKey({ n, e, d, p, q, dp, dq, qi }: RsaPrivateKey): Uint8Array<ArrayBuffer> {
  return element(DER_TAGS.sequence, ...[0n, n, e, d, p, q, dp, dq, qi].map(integer));
}

function ecPrivateKey({ curve, d, x, y }: EcPrivateKey): Uint8Array<ArrayBuffer> {
  const { bytes, oid } = CURVES[curve];
  const point = concatBytes(Uint8Array.of(0, 4), toBigEndian(x, bytes), toBigEndian(y, bytes));
  return element(
    DER_TAGS.sequence,
    integer(1n),
    element(DER_TAGS.octetString, toBigEndian(d, bytes)),
    element(0xa0, element(DER_TAGS.objectIdentifier, objectIdentifier(oid))),
    element(0xa1, element(DER_TAGS.bitString, point)),
  );
}

/** ITU-T X.690, section 8.1 */
function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concatBytes(...contents);
  return concatBytes(Uint8Array.of(tag), lengthOf(content), content);
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : Uint8Array.of(0x82, length >> 8, length & 0xff);
}

/** With a zero before it where it would be negative. */
function integer(value: bigint): Uint8Array {
  return element(DER_TAGS.integer, toBigEndian(value, (value.toString(2).length >> 3) + 1));
}

/** Section 8.19: the first two numbers in one, the others in groups of seven bits. */
function objectIdentifier(oid: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  return Uint8Array.from([40 * first + second, ...rest].flatMap(sevenBits));
}

function sevenBits(number: number): readonly number[] {
  const groups = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}
