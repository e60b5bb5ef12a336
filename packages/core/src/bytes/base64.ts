// RFC 4648. Written on the platform's own atob/btoa, which every browser and Node has.

/** Standard base64 with padding, as protobuf's JSON form writes bytes. */
export function base64Encode(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Base64url without padding, as JSON Web Tokens write bytes. */
export function base64UrlEncode(bytes: Uint8Array): string {
  return base64Encode(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * Bytes of standard or URL-safe base64, padded or not: IoT Core clients send all four. Returns `undefined` for anything
 * else: foreign characters, a lone last digit, padding in the middle, bits left over.
 */
export function base64Decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/={1,2}$/, '');
  const paddingIsRight = digits.length === text.length || text.length % 4 === 0;
  if (!paddingIsRight || digits.length % 4 === 1 || !/^[A-Za-z0-9+/_-]*$/.test(digits)) return undefined;
  const binary = atob(digits.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return leftoverBitsAreZero(digits) ? bytes : undefined;
}

/** The last digit of a partial group carries 2 or 4 bits of no byte; two texts for one value would be a forger's gift. */
function leftoverBitsAreZero(digits: string): boolean {
  const partial = digits.length % 4;
  if (partial === 0) return true;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = digits.slice(-1).replace('-', '+').replace('_', '/');
  return (alphabet.indexOf(last) & (partial === 2 ? 0b1111 : 0b11)) === 0;
}
