import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import {
  CHALLENGE_FIELDS,
  CHALLENGE_LIFETIME_MS,
  decodeChallenge,
  encodeChallenge,
  encodeChallengeHead,
} from '@mkiot/core/deviceLogin/challenge';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { nonceError } from './nonceErrors.ts';
import { UsedChallenges } from './usedChallenges.ts';

const KEY_BYTES = 32;
/** More logins than one process verifies in the life of a challenge. */
const USED_KEPT = 100_000;

/**
 * Challenges (docs/protocol.md): made and checked without memory by an HMAC under a key that is new at each start, so a
 * flood of requests leaves nothing behind. Only those that a device has answered rightly are remembered, until they expire:
 * a stranger cannot make anything be remembered or forgotten.
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #randomFill: RandomFill;
  readonly #key: Uint8Array;
  readonly #used: UsedChallenges;
  /** Wall clock at the monotonic clock's zero: challenges do not come alive again when the wall clock is set back. */
  readonly #zeroMs: number;

  /** @param usedKept how many used ones are remembered */
  constructor(clock: Clock, randomFill: RandomFill, usedKept = USED_KEPT) {
    this.#clock = clock;
    this.#randomFill = randomFill;
    this.#key = randomFill(new Uint8Array(KEY_BYTES));
    this.#used = new UsedChallenges(usedKept);
    this.#zeroMs = Math.floor(clock.now() - clock.monotonic());
  }

  /** A challenge that only a login under `clientId` can answer. Says nothing of whether there is such a device. */
  issue(clientId: string): Uint8Array {
    const random = this.#randomFill(new Uint8Array(CHALLENGE_FIELDS.random));
    const timeMs = this.#nowMs();
    return encodeChallenge({ timeMs, random, mac: this.#macOf(clientId, timeMs, random) });
  }

  /** Why `challenge` cannot be answered under `clientId` now, or `undefined` when it can. */
  refusal(challenge: Uint8Array, clientId: string): MkiotError | undefined {
    const parts = decodeChallenge(challenge);
    if (parts instanceof MkiotError) return parts;
    const { timeMs, random, mac } = parts;
    const isOurs = Number.isSafeInteger(timeMs) && timingSafeEqual(mac, this.#macOf(clientId, timeMs, random));
    if (!isOurs) return nonceError('CHALLENGE_FOREIGN');
    const ageMs = this.#nowMs() - timeMs;
    if (ageMs >= CHALLENGE_LIFETIME_MS) {
      return nonceError('CHALLENGE_EXPIRED', { ageS: ageMs / 1_000, lifetimeS: CHALLENGE_LIFETIME_MS / 1_000 });
    }
    return this.#used.has(textOf(challenge), timeMs) ? nonceError('CHALLENGE_USED') : undefined;
  }

  /** Uses `challenge` up, as {@link refusal} but with effect: of two logins with one challenge one gets `undefined`. */
  use(challenge: Uint8Array, clientId: string): MkiotError | undefined {
    const refusal = this.refusal(challenge, clientId);
    const parts = decodeChallenge(challenge);
    if (refusal !== undefined || parts instanceof MkiotError) return refusal;
    this.#used.add(textOf(challenge), parts.timeMs, this.#nowMs());
    return undefined;
  }

  #macOf(clientId: string, timeMs: number, random: Uint8Array): Uint8Array {
    const covered = concatBytes(encodeChallengeHead(timeMs, random), utf8Encode(clientId));
    return createHmac('sha256', this.#key).update(covered).digest().subarray(0, CHALLENGE_FIELDS.mac);
  }

  #nowMs(): number {
    return this.#zeroMs + Math.floor(this.#clock.monotonic());
  }
}

function textOf(challenge: Uint8Array): string {
  return Buffer.from(challenge).toString('base64url');
}
