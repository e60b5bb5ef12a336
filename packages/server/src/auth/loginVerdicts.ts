import type { Clock } from '@mkiot/core/clock/clock';
import { encodeLoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { LoginAttempt, LoginVerdict } from '../bridge/hooks.ts';
import type { DevicePrincipal, DeviceAtLogin } from '../registry/model.ts';
import type { DeviceLoginFailures } from './deviceLoginFailures.ts';
import type { Challenges } from './nonces/challenges.ts';
import { loginTerms, type VerifiedLogin } from './verifiedLogin.ts';

/**
 * Tells the bridge what has become of a login, and the operator why not. The device learns nothing of the reason: an
 * outsider must not be able to tell an unknown device from a wrong key, so every refusal brings a challenge.
 */
export class LoginVerdicts {
  readonly #failures: DeviceLoginFailures;
  readonly #challenges: Challenges;
  readonly #clock: Clock;

  constructor(failures: DeviceLoginFailures, challenges: Challenges, clock: Clock) {
    this.#failures = failures;
    this.#challenges = challenges;
    this.#clock = clock;
  }

  /** @param device the device that the client id names, if there is one */
  decide(
    attempt: LoginAttempt,
    device: DeviceAtLogin | undefined,
    login: VerifiedLogin | MkiotError,
  ): LoginVerdict<DevicePrincipal> {
    const serverTimeMs = Math.floor(this.#clock.now());
    if (login instanceof MkiotError) {
      this.#failures.record(attempt, device, login);
      const nonce = encodeNonce(this.#challenges.issue(attempt.clientId));
      const userProperties = encodeLoginProperties({ nonce, serverTimeMs });
      return { accepted: false, reason: `${login.code}: ${login.message}`, userProperties };
    }
    const terms = loginTerms(login, serverTimeMs);
    const userProperties = encodeLoginProperties({ serverTimeMs, sessionEndsInMs: terms.endsAtMs - serverTimeMs });
    return { accepted: true, ...terms, userProperties };
  }
}
