import { LIMITS } from '@mkiot/core/contract/limits';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { checkAudience, checkClaims } from '@mkiot/core/jwt/checkClaims';
import type { JwtClaims } from '@mkiot/core/jwt/jwtClaims';
import { type ParsedJwt, parseJwt } from '@mkiot/core/jwt/parseJwt';
import type { DeviceAtLogin } from '../registry/model.ts';
import type { Entrance } from './deviceEntrance.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import type { DeviceLoginKeys, Signer } from './deviceLoginKeys.ts';
import { nonceError } from './nonces/nonceErrors.ts';
import type { FreshNonce, Nonces } from './nonces/nonces.ts';
import { type ProvenToken, ProvenTokens, tokenDigest } from './provenTokens.ts';
import type { VerifiedLogin } from './verifiedLogin.ts';

/** Tells whether a device made a token, and made it now. */
export class DeviceTokens {
  readonly #project: string;
  readonly #keys: DeviceLoginKeys;
  readonly #nonces: Nonces;
  readonly #proven = new ProvenTokens();

  /** @param project the audience that every token has to name */
  constructor(project: string, keys: DeviceLoginKeys, nonces: Nonces) {
    this.#project = project;
    this.#keys = keys;
    this.#nonces = nonces;
  }

  /**
   * Checks form, algorithm, claims and signature, in this order, and uses the nonce up. A well-formed token costs at least
   * one signature check whatever is wrong, so that time does not tell which devices there are; only one that was proven
   * before for this device costs none.
   */
  async verify(token: Uint8Array, entrance: Entrance, nowMs: number): Promise<VerifiedLogin | MkiotError> {
    // One that is too long is refused by its length.
    const digest = token.length <= LIMITS.tokenBytes ? tokenDigest(token) : '';
    const proven = entrance.refusal === undefined ? this.#proven.find(digest, entrance.device) : undefined;
    const jwt = proven ?? parseJwt(token);
    if (jwt instanceof MkiotError) return entrance.refusal ?? jwt;
    const { algorithm, claims } = jwt;
    const nonce = claims.nonce === undefined ? undefined : await this.#nonces.find(claims.nonce, entrance);
    const signers = entrance.refusal ?? this.#signers(jwt, entrance.device, nonce, nowMs);
    if (signers instanceof MkiotError) {
      if (!('credentialId' in jwt)) this.#keys.standInFor(algorithm).verify(jwt.signed, jwt.signature);
      return signers;
    }
    const signer = signers.find((each) => hasSigned(each, jwt));
    if (signer === undefined) {
      return deviceLoginError('LOGIN_SIGNATURE_WRONG', { algorithm, tried: signers.length });
    }
    if (proven === undefined) this.#proven.remember(digest, { algorithm, claims, credentialId: signer.credential.id });
    const usedUp = nonce instanceof MkiotError ? nonce : await nonce?.use();
    if (usedUp !== undefined) return usedUp;
    const tokenEndsAtMs =
      claims.nonce === undefined ? claims.exp * 1000 + LIMITS.tokenSkewMs : Number.POSITIVE_INFINITY;
    return { device: signer.device, credential: signer.credential, tokenEndsAtMs };
  }

  /** The device's keys that may have signed a token with these claims at this time, or why none may. */
  #signers(
    { algorithm, claims }: Pick<ParsedJwt, 'algorithm' | 'claims'>,
    device: DeviceAtLogin,
    nonce: FreshNonce | MkiotError | undefined,
    nowMs: number,
  ): readonly Signer[] | MkiotError {
    const signers = this.#keys.signers(device, algorithm, nowMs);
    if (signers instanceof MkiotError) return signers;
    return this.#notFresh(claims, device.registry.policy, nonce, nowMs) ?? signers;
  }

  #notFresh(
    claims: JwtClaims,
    { deviceLogin, maxTokenLifetimeMs }: DeviceAtLogin['registry']['policy'],
    nonce: FreshNonce | MkiotError | undefined,
    nowMs: number,
  ): MkiotError | undefined {
    const audience = this.#project;
    if (deviceLogin === 'EXPORTER_REQUIRED') return nonceError('EXPORTER_REQUIRED');
    if (claims.nonce !== undefined) {
      return checkAudience(claims, audience) ?? (nonce instanceof MkiotError ? nonce : undefined);
    }
    if (deviceLogin === 'NONCE_REQUIRED') return nonceError('NONCE_REQUIRED');
    const longestMs = Math.min(maxTokenLifetimeMs, LIMITS.tokenLifetimeMs);
    return checkClaims(claims, { audience, nowMs, skewMs: LIMITS.tokenSkewMs, maxLifetimeMs: longestMs });
  }
}

function hasSigned({ credential, key }: Signer, jwt: ParsedJwt | ProvenToken): boolean {
  return 'credentialId' in jwt ? credential.id === jwt.credentialId : key.verify(jwt.signed, jwt.signature);
}
