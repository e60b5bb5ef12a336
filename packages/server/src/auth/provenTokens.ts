import type { SignatureAlgorithm } from '@mkiot/core/crypto/signatures';
import type { JwtClaims } from '@mkiot/core/jwt/jwtClaims';
import { hash } from 'node:crypto';
import type { DeviceAtLogin } from '../registry/model.ts';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';

/** What a token says, and the credential whose signature it has: neither can become another. */
export interface ProvenToken {
  readonly algorithm: SignatureAlgorithm;
  readonly claims: JwtClaims;
  readonly credentialId: number;
}

const TOKENS_KEPT = 10_000;

/**
 * Tokens whose signatures were found right, so that a device that comes back with its token, or sends it with every HTTP
 * call, costs one reading and one signature check (a seventh of a login's CPU time) for all of them. Whether its times are right, and
 * whether the credential is still one of the device's, is no business of a signature: that is checked every time. Only
 * digests are kept, no token.
 */
export class ProvenTokens {
  readonly #byDigest = new RecentlyUsed<string, ProvenToken>(TOKENS_KEPT);

  /** `undefined` too where it was proven for another device: one key may be several devices'. */
  find(digest: string, { credentials }: DeviceAtLogin): ProvenToken | undefined {
    const proven = this.#byDigest.get(digest);
    return credentials.some(({ id }) => id === proven?.credentialId) ? proven : undefined;
  }

  remember(digest: string, token: ProvenToken): void {
    this.#byDigest.set(digest, token);
  }
}

/** What a token is known by. */
export function tokenDigest(token: Uint8Array): string {
  return hash('sha256', token, 'base64');
}
