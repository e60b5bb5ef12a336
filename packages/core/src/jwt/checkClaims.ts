import type { MkiotError } from '../errors/mkiotError.ts';
import type { ClockClaims, JwtClaims } from './jwtClaims.ts';
import { jwtError } from './jwtErrors.ts';

/** What the claims of a clock are measured against. */
export interface ClaimRules {
  readonly audience: string;
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** How far the device clock may be wrong, in either direction. */
  readonly skewMs: number;
  /** Longest time from `iat` to `exp`; the skew is forgiven on it too, as IoT Core did. */
  readonly maxLifetimeMs: number;
}

/**
 * What is wrong with `claims`, or `undefined` when they may be used now. A token counts until `exp` plus the skew:
 * that is also when a session that began with it has to end.
 */
export function checkClaims(claims: ClockClaims, rules: ClaimRules): MkiotError | undefined {
  const { audience, nowMs, skewMs, maxLifetimeMs } = rules;
  const issuedAtMs = claims.iat * 1000;
  const expiresAtMs = claims.exp * 1000;
  const lifetimeMs = expiresAtMs - issuedAtMs;
  const skewS = skewMs / 1000;

  const foreign = checkAudience(claims, audience);
  if (foreign !== undefined) return foreign;
  if (lifetimeMs < 0) return jwtError('JWT_EXPIRES_BEFORE_ISSUED');
  if (lifetimeMs > maxLifetimeMs + skewMs) {
    return jwtError('JWT_LIFETIME_TOO_LONG', { lifetimeS: lifetimeMs / 1000, limitS: maxLifetimeMs / 1000 });
  }
  if (issuedAtMs > nowMs + skewMs) {
    return jwtError('JWT_NOT_YET_VALID', { aheadS: Math.ceil((issuedAtMs - nowMs) / 1000), skewS });
  }
  if (nowMs >= expiresAtMs + skewMs) {
    return jwtError('JWT_EXPIRED', { agoS: Math.floor((nowMs - expiresAtMs) / 1000), skewS });
  }
  return undefined;
}

/** What is wrong with the `aud` of `claims`: all that can be said of a token whose freshness is a nonce's matter. */
export function checkAudience({ aud }: JwtClaims, audience: string): MkiotError | undefined {
  return aud === audience ? undefined : jwtError('JWT_WRONG_AUDIENCE', { expected: audience });
}
