import { LIMITS } from '@mkiot/core/contract/limits';
import type { VerifyingKey } from '@mkiot/core/crypto/signatures';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { checkAudience, checkClaims } from '@mkiot/core/jwt/checkClaims';
import type { JwtClaims } from '@mkiot/core/jwt/jwtClaims';
import { type ParsedJwt, parseJwt } from '@mkiot/core/jwt/parseJwt';
import type { CredentialRecord, DeviceRecord } from '../registry/model.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import type { DeviceLoginKeys } from './deviceLoginKeys.ts';

/** A token that is good, the device that made it, and the credential that says so. */
export interface VerifiedToken {
  readonly device: DeviceRecord;
  readonly claims: JwtClaims;
  readonly credential: CredentialRecord;
}

interface CandidateKey {
  readonly device: DeviceRecord;
  readonly credential: CredentialRecord;
  readonly key: VerifyingKey;
}

/** Tells whether a device made a token. */
export class DeviceTokens {
  readonly #project: string;
  readonly #keys: DeviceLoginKeys;

  /** @param project the audience that every token has to name */
  constructor(project: string, keys: DeviceLoginKeys) {
    this.#project = project;
    this.#keys = keys;
  }

  /**
   * Checks form, algorithm, claims and signature, in this order. A well-formed token costs at least one signature check
   * whatever is wrong, so that time does not tell which devices there are.
   *
   * @param device the device, or why it may not come in whatever it brings
   */
  verify(token: Uint8Array, device: DeviceRecord | MkiotError, nowMs: number): VerifiedToken | MkiotError {
    const jwt = parseJwt(token);
    if (jwt instanceof MkiotError) return device instanceof MkiotError ? device : jwt;
    const candidates = device instanceof MkiotError ? device : this.#candidates(jwt, device, nowMs);
    if (candidates instanceof MkiotError) {
      this.#keys.standInFor(jwt.algorithm).verify(jwt.signed, jwt.signature);
      return candidates;
    }
    const signer = candidates.find(({ key }) => key.verify(jwt.signed, jwt.signature));
    if (signer === undefined) {
      return deviceLoginError('LOGIN_SIGNATURE_WRONG', { algorithm: jwt.algorithm, tried: candidates.length });
    }
    return { device: signer.device, credential: signer.credential, claims: jwt.claims };
  }

  /** The device's keys that may have signed a token with these claims at this time, or why none may. */
  #candidates(jwt: ParsedJwt, device: DeviceRecord, nowMs: number): readonly CandidateKey[] | MkiotError {
    const { algorithm, claims } = jwt;
    const { credentials, registry } = device;
    if (credentials.length === 0) return deviceLoginError('LOGIN_NO_CREDENTIAL');
    const live = credentials.filter(({ expiresAtMs }) => expiresAtMs === undefined || expiresAtMs > nowMs);
    if (live.length === 0) return deviceLoginError('LOGIN_CREDENTIALS_EXPIRED', { expired: credentials.length });
    const candidates: CandidateKey[] = [];
    for (const credential of live) {
      const key = this.#keys.keyOf(credential);
      if (key?.algorithm === algorithm) candidates.push({ device, credential, key });
    }
    if (candidates.length === 0) return deviceLoginError('LOGIN_ALGORITHM_MISMATCH', { algorithm, live: live.length });
    return this.#notFresh(claims, registry, nowMs) ?? candidates;
  }

  #notFresh(claims: JwtClaims, { policy }: DeviceRecord['registry'], nowMs: number): MkiotError | undefined {
    const audience = this.#project;
    if (claims.nonce !== undefined) return checkAudience(claims, audience) ?? deviceLoginError('LOGIN_NONCE_UNKNOWN');
    const maxLifetimeMs = Math.min(policy.maxTokenLifetimeMs, LIMITS.tokenLifetimeMs);
    return checkClaims(claims, { audience, nowMs, skewMs: LIMITS.tokenSkewMs, maxLifetimeMs });
  }
}
