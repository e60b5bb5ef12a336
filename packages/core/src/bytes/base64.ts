// RFC 4648.
import { utf8Encode } from './bytes.ts';

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
  return base64DecodeBytes(utf8Encode(text));
}

/** The same, of text that lies there as its bytes. */
export function base64DecodeBytes(text: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.length - paddingLength(text);
  const paddingIsRight = digits === text.length || text.length % 4 === 0;
  if (!paddingIsRight || digits % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((digits * 6) / 8));
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (let index = 0; index < digits; index++) {
    const digit = DIGITS[text[index] as number] as number;
    if (digit === NO_DIGIT) return undefined;
    bits = ((bits << 6) | digit) & 0xfff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
    }
  }
  // The last digit of a partial group carries 2 or 4 bits of no byte; two texts for one value would be a forger's gift.
  const leftover = bits & ((1 << bitCount) - 1);
  return leftover === 0 ? bytes : undefined;
}

function paddingLength(text: Uint8Array): number {
  if (text.at(-1) !== PADDING) return 0;
  return text.at(-2) === PADDING ? 2 : 1;
}

const PADDING = 0x3d;

const NO_DIGIT = 0xff;

/** The value of each byte that is a digit; both alphabets in one. */
const DIGITS: Uint8Array = digitsOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', '-_');

function digitsOf(standard: string, urlSafeLast: string): Uint8Array {
  const digits = new Uint8Array(256).fill(NO_DIGIT);
  for (let digit = 0; digit < 64; digit++) digits[standard.charCodeAt(digit)] = digit;
  for (let digit = 62; digit < 64; digit++) digits[urlSafeLast.charCodeAt(digit - 62)] = digit;
  return digits;
}
