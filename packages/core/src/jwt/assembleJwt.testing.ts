import { base64UrlEncode } from '../bytes/base64.ts';
import { utf8Encode } from '../bytes/bytes.ts';

/** A token of any header and claims text, right or wrong, signed by anything, each part written by `encode`. */
export function assembleJwt(
  header: string,
  claims: string,
  sign: (signed: Uint8Array) => Uint8Array,
  encode: (bytes: Uint8Array) => string = base64UrlEncode,
): string {
  const signed = `${encode(utf8Encode(header))}.${encode(utf8Encode(claims))}`;
  return `${signed}.${encode(sign(utf8Encode(signed)))}`;
}
