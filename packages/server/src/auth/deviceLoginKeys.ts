import type { PublicKeyFormat } from '@mkiot/core/api/resources';
import type { SignatureAlgorithm, VerifyingKey } from '@mkiot/core/crypto/signatures';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Logger } from 'pino';
import type { CredentialRecord, DeviceAtLogin } from '../registry/model.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import { RecentlyUsed } from '../runtime/recentlyUsed.ts';

/** Parses a public key; throws on one that is unfit. */
export type ImportVerifyingKey = (pem: string, format: PublicKeyFormat) => VerifyingKey;

/** A key by which a device may sign. */
export interface Signer {
  readonly device: DeviceAtLogin;
  readonly credential: CredentialRecord;
  readonly key: VerifyingKey;
}

// Made for this file, their private halves thrown away. What they verify is refused whatever they say.
const STAND_IN_ES256 = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5oQKKaNE6mtDWTwFvdkohBsmE4Af
Dm3lK7iC/nU9xz6gQwI7mpmMkkwqrXxPm9dRBrIQXuXIHeTjk5hpFzU4lw==
-----END PUBLIC KEY-----`;
const STAND_IN_RS256 = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn3SsDyvPwVXXdsRrhZeO
bqYIMapSciEG0fTfa5yQoWrTwHacmF8GXwVMJPKPCDkoNOl5btjgaaP/ucLM4YFh
4VT2TIM+++w+Nmx6c+htg4XYaFTeH5DicJNyZzHgAxaVqJG+jHCBRPVzj9rAJUNZ
sgoMO/tjMujSR9TSfv0RMP+ZVhIGv61hTeS2fy5jIxvJ05VdBCU5d47fIqcm9lv9
XuUH2dhehbVULLDKgN9uyEeU5RW3TxwonTlS569RRrFWVZwoCSdaOjG1h8uFG2dO
mpWp4n81q3duxtG9LtfAOoN8Fd3blqrd98k7bM7dmpdoloLtR/1kXcExiPEE8KE/
mwIDAQAB
-----END PUBLIC KEY-----`;

/** Public keys ready for use: parsed once, kept under the credential's id, which never names another key. */
export class DeviceLoginKeys {
  readonly #importKey: ImportVerifyingKey;
  readonly #logger: Pick<Logger, 'error'>;
  readonly #standIns: Readonly<Record<SignatureAlgorithm, VerifyingKey>>;
  readonly #keys: RecentlyUsed<number, VerifyingKey | 'unfit'>;

  /** @param capacity how many keys are kept; one takes about 2 KB */
  constructor(importKey: ImportVerifyingKey, logger: Pick<Logger, 'error'>, capacity = 10_000) {
    this.#importKey = importKey;
    this.#logger = logger;
    this.#keys = new RecentlyUsed(capacity);
    this.#standIns = {
      ES256: importKey(STAND_IN_ES256, 'ES256_PEM'),
      RS256: importKey(STAND_IN_RS256, 'RSA_PEM'),
    };
  }

  /** The live keys of `device` that sign with `algorithm`, at least one, or why there is none. */
  signers(device: DeviceAtLogin, algorithm: SignatureAlgorithm, nowMs: number): readonly Signer[] | MkiotError {
    const { credentials } = device;
    if (credentials.length === 0) return deviceLoginError('LOGIN_NO_CREDENTIAL');
    const live = credentials.filter(({ expiresAtMs }) => expiresAtMs === undefined || expiresAtMs > nowMs);
    if (live.length === 0) return deviceLoginError('LOGIN_CREDENTIALS_EXPIRED', { expired: credentials.length });
    const signers: Signer[] = [];
    for (const credential of live) {
      const key = this.#keyOf(credential);
      if (key?.algorithm === algorithm) signers.push({ device, credential, key });
    }
    const hasOther = signers.length === 0;
    return hasOther ? deviceLoginError('LOGIN_ALGORITHM_MISMATCH', { algorithm, live: live.length }) : signers;
  }

  /** The key of `credential`, or `undefined` when it cannot be used: the log says once why. */
  #keyOf(credential: CredentialRecord): VerifyingKey | undefined {
    let key = this.#keys.get(credential.id);
    if (key === undefined) {
      key = this.#import(credential);
      this.#keys.set(credential.id, key);
    }
    return key === 'unfit' ? undefined : key;
  }

  /** A key to spend the time of a check on when there is none to check with. */
  standInFor(algorithm: SignatureAlgorithm): VerifyingKey {
    return this.#standIns[algorithm];
  }

  #import(credential: CredentialRecord): VerifyingKey | 'unfit' {
    try {
      return this.#importKey(credential.pem, credential.format);
    } catch (error) {
      // The registry let it in, perhaps under older rules. It must not keep the device's other keys from working.
      this.#logger.error({ credential: credential.id, err: error }, 'a public key in the registry cannot be used');
      return 'unfit';
    }
  }
}
