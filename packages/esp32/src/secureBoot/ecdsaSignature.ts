import { concatBytes } from '@mkiot/core/bytes/bytes';
import { bitLength, toBigEndian } from '../keys/bigIntegers.ts';
import { DerReader } from '../keys/derReader.ts';

/**
 * A signature of ECDSA as r, then s, whether it is given so, as PKCS #11 does, or in DER, as OpenSSL does (RFC 3279 section
 * 2.2.3); undefined when it is neither.
 *
 * @param bytes of a number modulo the curve's order
 */
export function rawEcdsaSignature(signature: Uint8Array, bytes: number): Uint8Array | undefined {
  if (signature.length === 2 * bytes) return signature;
  try {
    const whole = new DerReader(signature);
    const pair = whole.sequence('signature');
    const [r, s] = [pair.integer('r'), pair.integer('s')];
    pair.finish('signature');
    whole.finish('signature');
    if (bitLength(r) > 8 * bytes || bitLength(s) > 8 * bytes) return undefined;
    return concatBytes(toBigEndian(r, bytes), toBigEndian(s, bytes));
  } catch {
    return undefined;
  }
}
