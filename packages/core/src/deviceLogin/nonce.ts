// docs/protocol.md, "The nonce in the token".
import { base64Decode, base64UrlEncode } from '../bytes/base64.ts';
import type { MkiotError } from '../errors/mkiotError.ts';
import { CHALLENGE_BYTES } from './challenge.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';

/** A next-nonce ticket: random bytes that the bridge gave one device. No challenge has as many. */
export const TICKET_BYTES = 24;

/** What the `nonce` claim of a token proves its freshness with. */
export interface Nonce {
  readonly kind: 'challenge' | 'ticket';
  readonly bytes: Uint8Array;
}

/** The text of a challenge or ticket: base64url without padding, 43 or 32 characters. */
export function encodeNonce(bytes: Uint8Array): string {
  return base64UrlEncode(bytes);
}

/** Reads the text that {@link encodeNonce} writes, and no other form of it. Returns `NONCE_MALFORMED`. */
export function decodeNonce(text: string): Nonce | MkiotError {
  const bytes = base64Decode(text);
  const kind = bytes?.length === CHALLENGE_BYTES ? 'challenge' : 'ticket';
  const expected = kind === 'challenge' ? CHALLENGE_BYTES : TICKET_BYTES;
  const isOurs = bytes?.length === expected && base64UrlEncode(bytes) === text;
  return isOurs ? { kind, bytes } : deviceLoginError('NONCE_MALFORMED');
}
