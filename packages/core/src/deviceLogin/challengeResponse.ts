// docs/protocol.md, "Enhanced authentication".
import { concatBytes } from '../bytes/bytes.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';

/** The Authentication Method of MQTT 5.0 (section 4.12): a challenge, answered with an ES256 signature. */
export const AUTHENTICATION_METHOD = 'MKIOT-NONCE-ES256';

/** r then s, RFC 7518, 3.4. */
const SIGNATURE_BYTES = 64;

/** The Authentication Data with which a device answers a challenge. */
export interface ChallengeResponse {
  /** Whether the signature covers the TLS exporter. */
  readonly bound: boolean;
  readonly signature: Uint8Array;
}

/** Binding flag, then signature. Throws `CHALLENGE_RESPONSE_MALFORMED` for a signature that is not 64 bytes. */
export function encodeChallengeResponse({ bound, signature }: ChallengeResponse): Uint8Array<ArrayBuffer> {
  const bytes = concatBytes(Uint8Array.of(bound ? 1 : 0), signature);
  const decoded = decodeChallengeResponse(bytes);
  if (decoded instanceof MkiotError) throw decoded;
  return bytes;
}

/** Returns `CHALLENGE_RESPONSE_MALFORMED`. The signature is a view of `bytes`. */
export function decodeChallengeResponse(bytes: Uint8Array): ChallengeResponse | MkiotError {
  const [flag] = bytes;
  if (bytes.length !== 1 + SIGNATURE_BYTES || (flag !== 0 && flag !== 1)) {
    return deviceLoginError('CHALLENGE_RESPONSE_MALFORMED', { bytes: bytes.length, flag: flag ?? 'nothing' });
  }
  return { bound: flag === 1, signature: bytes.subarray(1) };
}
