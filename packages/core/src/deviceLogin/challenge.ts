// docs/protocol.md, "The challenge".
import { concatBytes } from '../bytes/bytes.ts';
import type { MkiotError } from '../errors/mkiotError.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';

/** Fields of a challenge, in this order, with their lengths in bytes. */
export const CHALLENGE_FIELDS = { time: 8, random: 8, mac: 16 } as const;

export const CHALLENGE_BYTES: number = CHALLENGE_FIELDS.time + CHALLENGE_FIELDS.random + CHALLENGE_FIELDS.mac;

/** How long after its time a challenge may be answered. */
export const CHALLENGE_LIFETIME_MS = 60_000;

/**
 * A challenge: who made it can tell without memory that it did, and when. To a device it is 32 bytes that mean nothing:
 * only the bridge that made it can check `mac`.
 */
export interface Challenge {
  /** When it was made, milliseconds since 1970 by the bridge's clock. */
  readonly timeMs: number;
  readonly random: Uint8Array;
  readonly mac: Uint8Array;
}

/** The part of a challenge that its `mac` covers, beside the client id: time, higher byte first, then random. */
export function encodeChallengeHead(timeMs: number, random: Uint8Array): Uint8Array<ArrayBuffer> {
  const time = new Uint8Array(CHALLENGE_FIELDS.time);
  new DataView(time.buffer).setBigUint64(0, BigInt(timeMs));
  return fieldsOf([time, random], [CHALLENGE_FIELDS.time, CHALLENGE_FIELDS.random]);
}

export function encodeChallenge({ timeMs, random, mac }: Challenge): Uint8Array<ArrayBuffer> {
  const head = encodeChallengeHead(timeMs, random);
  return fieldsOf([head, mac], [head.length, CHALLENGE_FIELDS.mac]);
}

/** Parts of a challenge, views of `bytes`; nothing is proven yet. Returns `CHALLENGE_MALFORMED`. */
export function decodeChallenge(bytes: Uint8Array): Challenge | MkiotError {
  if (bytes.length !== CHALLENGE_BYTES) {
    return deviceLoginError('CHALLENGE_MALFORMED', { expected: CHALLENGE_BYTES, found: bytes.length });
  }
  const randomEnd = CHALLENGE_FIELDS.time + CHALLENGE_FIELDS.random;
  // A time that is no safe integer is nobody's; it is past every deadline, as it would be exactly.
  const timeMs = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  return { timeMs, random: bytes.subarray(CHALLENGE_FIELDS.time, randomEnd), mac: bytes.subarray(randomEnd) };
}

function fieldsOf(parts: readonly Uint8Array[], lengths: readonly number[]): Uint8Array<ArrayBuffer> {
  for (const [index, { length }] of parts.entries()) {
    const expected = lengths[index] ?? 0;
    if (length !== expected)
      throw deviceLoginError('SIGNED_FIELD_LENGTH', { field: 'challenge', found: length, expected });
  }
  return concatBytes(...parts);
}
