// RSAES-PKCS1-v1_5 (RFC 8017 section 7.2), which WebCrypto does not have. Not constant-time, and an oracle for who can send it
// ciphertexts: for files on the maker's own machine, never behind a network.
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { bitLength, fromBigEndian, modulo, toBigEndian } from './bigIntegers.ts';
import type { RsaPrivateKey, RsaPublicKey } from './keys.ts';

/** The port: OpenSSL in Node, the code below in a browser. */
export interface RsaPkcs1 {
  encrypt(key: RsaPublicKey, message: Uint8Array): Uint8Array;
  /** Undefined when it is not a ciphertext for this key; some of those give other bytes instead. */
  decrypt(key: RsaPrivateKey, ciphertext: Uint8Array): Uint8Array | undefined;
}

const MIN_PADDING = 8;

export function portableRsaPkcs1(random: RandomFill): RsaPkcs1 {
  return {
    encrypt(key, message) {
      const padded = new Uint8Array(bytesOf(key));
      padded[1] = 2;
      padded.set(nonZero(padded.length - message.length - 3, random), 2);
      padded.set(message, padded.length - message.length);
      return toBigEndian(power(fromBigEndian(padded), key.e, key.n), padded.length);
    },
    decrypt(key, ciphertext) {
      const number = fromBigEndian(ciphertext);
      if (ciphertext.length !== bytesOf(key) || number >= key.n) return undefined;
      const padded = toBigEndian(privatePower(number, key), ciphertext.length);
      const end = padded.indexOf(0, 2);
      if (padded[0] !== 0 || padded[1] !== 2 || end < 2 + MIN_PADDING) return undefined;
      return padded.subarray(end + 1);
    },
  };
}

function bytesOf({ n }: RsaPublicKey): number {
  return Math.ceil(bitLength(n) / 8);
}

function nonZero(length: number, random: RandomFill): Uint8Array {
  const bytes = random(new Uint8Array(length));
  for (let at = 0; at < length; at++) {
    while (bytes[at] === 0) bytes.set(random(new Uint8Array(1)), at);
  }
  return bytes;
}

/** With the two primes, by the Chinese remainder theorem (RFC 8017 section 5.1.2): four times as fast. */
function privatePower(number: bigint, { p, q, dp, dq, qi }: RsaPrivateKey): bigint {
  const m1 = power(number % p, dp, p);
  const m2 = power(number % q, dq, q);
  return m2 + q * modulo((m1 - m2) * qi, p);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}
