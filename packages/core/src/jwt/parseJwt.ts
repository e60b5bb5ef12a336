import { base64DecodeBytes, base64UrlEncode } from '../bytes/base64.ts';
import { equalBytes, utf8Encode } from '../bytes/bytes.ts';
import { LIMITS } from '../contract/limits.ts';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../crypto/signatures.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { type JsonObject, parseJsonObject } from './jsonObject.ts';
import type { JwtClaims } from './jwtClaims.ts';
import { jwtError } from './jwtErrors.ts';

/** A token that is well formed. Nothing is proven yet: neither its times nor its signature. */
export interface ParsedJwt {
  readonly algorithm: SignatureAlgorithm;
  readonly claims: JwtClaims;
  /** What the signature covers: header and claims byte for byte as they were sent, padding and all. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

const DOT = 0x2e;
const ES256_SIGNATURE_BYTES = 64; // RFC 7518, 3.4

/** The headers that nearly all clients send, as they send them: to know one again costs less than to read it. */
const USUAL_HEADERS: readonly { readonly text: Uint8Array; readonly alg: SignatureAlgorithm }[] = (
  Object.keys(SIGNATURE_ALGORITHMS) as SignatureAlgorithm[]
).flatMap((alg) =>
  [
    { alg, typ: 'JWT' },
    { typ: 'JWT', alg },
  ].map((header) => ({ text: utf8Encode(base64UrlEncode(utf8Encode(JSON.stringify(header)))), alg })),
);

/**
 * Reads a token as IoT Core did: strict in its JSON, lenient in its base64 (both alphabets, padded or not), because
 * Google's own C and MicroPython clients send padding. Returns what is wrong instead of throwing it.
 *
 * @param token the MQTT password; a view of its bytes stays in the result
 */
export function parseJwt(token: Uint8Array): ParsedJwt | MkiotError {
  if (token.length === 0) return jwtError('JWT_MISSING');
  if (token.length > LIMITS.tokenBytes) {
    return jwtError('JWT_TOO_LONG', { bytes: token.length, limit: LIMITS.tokenBytes });
  }
  const headerEnd = token.indexOf(DOT);
  const claimsEnd = token.lastIndexOf(DOT);
  const parts = partsOf(token);
  if (parts !== 3) return jwtError('JWT_NOT_THREE_PARTS', { parts });

  const algorithm = readHeader(token.subarray(0, headerEnd));
  if (algorithm instanceof MkiotError) return algorithm;
  const claims = readClaims(token.subarray(headerEnd + 1, claimsEnd));
  if (claims instanceof MkiotError) return claims;
  const signature = base64DecodeBytes(token.subarray(claimsEnd + 1));
  if (signature === undefined) return jwtError('JWT_NOT_BASE64', { part: 'signature' });
  // Nearly always DER, the form that most libraries sign in: worth a reason of its own.
  if (algorithm === 'ES256' && signature.length !== ES256_SIGNATURE_BYTES) {
    return jwtError('JWT_SIGNATURE_LENGTH', { expected: ES256_SIGNATURE_BYTES, found: signature.length });
  }
  return { algorithm, claims, signed: token.subarray(0, claimsEnd), signature };
}

function partsOf(token: Uint8Array): number {
  let parts = 1;
  for (const byte of token) if (byte === DOT) parts++;
  return parts;
}

/** Seconds whose milliseconds are exact; anything else would make times that do not compare. */
function isNumericDate(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && Number.isSafeInteger(Math.floor(seconds) * 1000);
}

/** Only `alg` counts (RFC 7515, 4.1.1). `crit` has to be refused by whoever knows no extension (4.1.11). */
function readHeader(part: Uint8Array): SignatureAlgorithm | MkiotError {
  const usual = USUAL_HEADERS.find(({ text }) => equalBytes(part, text));
  if (usual !== undefined) return usual.alg;
  const header = decodeObject(part, 'header');
  if (header instanceof MkiotError) return header;
  if (Object.hasOwn(header, 'crit')) return jwtError('JWT_CRITICAL_HEADER');
  const { alg } = header;
  if (typeof alg !== 'string' || !Object.hasOwn(SIGNATURE_ALGORITHMS, alg)) {
    return jwtError('JWT_ALGORITHM_NOT_ALLOWED', { allowed: Object.keys(SIGNATURE_ALGORITHMS).join(', ') });
  }
  return alg as SignatureAlgorithm;
}

function readClaims(part: Uint8Array): JwtClaims | MkiotError {
  const claims = decodeObject(part, 'claims');
  if (claims instanceof MkiotError) return claims;
  const { aud, iat, exp, nonce } = claims;
  if (typeof aud !== 'string') return jwtError('JWT_CLAIM_INVALID', { claim: 'aud', expected: 'one string' });
  if (Object.hasOwn(claims, 'nonce')) return isNonceText(nonce) ? { aud, nonce } : invalidNonce();
  if (!isNumericDate(iat)) return jwtError('JWT_CLAIM_INVALID', { claim: 'iat', expected: 'seconds as a number' });
  if (!isNumericDate(exp)) return jwtError('JWT_CLAIM_INVALID', { claim: 'exp', expected: 'seconds as a number' });
  return { aud, iat: Math.floor(iat), exp: Math.floor(exp) };
}

/** What nonces of every age and length look like: base64url without padding. */
function isNonceText(nonce: unknown): nonce is string {
  return typeof nonce === 'string' && /^[\w-]{16,128}$/.test(nonce);
}

function invalidNonce(): MkiotError {
  return jwtError('JWT_CLAIM_INVALID', { claim: 'nonce', expected: 'the text that the server sent' });
}

function decodeObject(part: Uint8Array, name: 'header' | 'claims'): JsonObject | MkiotError {
  const bytes = base64DecodeBytes(part);
  if (bytes === undefined) return jwtError('JWT_NOT_BASE64', { part: name });
  const object = parseJsonObject(bytes);
  if (object === undefined) return jwtError('JWT_NOT_JSON', { part: name });
  return object === 'duplicate' ? jwtError('JWT_DUPLICATE_MEMBER', { part: name }) : object;
}
