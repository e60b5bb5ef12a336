// docs/protocol.md, "Enhanced authentication".
import type { Clock } from '@mkiot/core/clock/clock';
import {
  AUTHENTICATION_METHOD,
  type ChallengeResponse,
  decodeChallengeResponse,
} from '@mkiot/core/deviceLogin/challengeResponse';
import { encodeSignedBytes, TLS_EXPORTER } from '@mkiot/core/deviceLogin/signedBytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type {
  AuthenticationExchange,
  AuthenticationMethod,
  LoginAttempt,
  LoginVerdict,
  Session,
} from '../bridge/hooks.ts';
import type { DevicePrincipal, DeviceAtLogin } from '../registry/model.ts';
import type { DeviceEntrance } from './deviceEntrance.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import type { DeviceLoginKeys, Signer } from './deviceLoginKeys.ts';
import type { LoginVerdicts } from './loginVerdicts.ts';
import type { Challenges } from './nonces/challenges.ts';
import { nonceError } from './nonces/nonceErrors.ts';
import type { VerifiedLogin } from './verifiedLogin.ts';

export interface ChallengeAuthenticationParts {
  readonly entrance: DeviceEntrance;
  readonly keys: DeviceLoginKeys;
  readonly challenges: Challenges;
  readonly verdicts: LoginVerdicts;
  /** SHA-256 of the public key of the authority that devices trust: it changes with the certificate of the port. */
  readonly bridgeId: () => Uint8Array;
  readonly clock: Clock;
}

/** Login and renewal by the signature over a challenge, without a token. */
export function challengeAuthentication(parts: ChallengeAuthenticationParts): AuthenticationMethod<DevicePrincipal> {
  return {
    name: AUTHENTICATION_METHOD,
    begin: (attempt, session) => new ChallengeExchange(parts, attempt, session),
  };
}

class ChallengeExchange implements AuthenticationExchange<DevicePrincipal> {
  readonly #parts: ChallengeAuthenticationParts;
  readonly #attempt: LoginAttempt;
  readonly #session: Session<DevicePrincipal> | undefined;
  #challenge: Uint8Array | undefined = undefined;

  constructor(
    parts: ChallengeAuthenticationParts,
    attempt: LoginAttempt,
    session: Session<DevicePrincipal> | undefined,
  ) {
    this.#parts = parts;
    this.#attempt = attempt;
    this.#session = session;
  }

  async next(data?: Uint8Array): Promise<{ readonly data: Uint8Array } | LoginVerdict<DevicePrincipal>> {
    const { challenges } = this.#parts;
    if (this.#challenge !== undefined) return this.#decide(this.#challenge, data ?? new Uint8Array(0));
    this.#challenge = challenges.issue(this.#attempt.clientId);
    return { data: this.#challenge };
  }

  async #decide(challenge: Uint8Array, answer: Uint8Array): Promise<LoginVerdict<DevicePrincipal>> {
    const { entrance, verdicts } = this.#parts;
    // Asked before anything is waited for: a connection that is gone has no exporter.
    const exporter = this.#attempt.tlsExporter?.(TLS_EXPORTER.label, TLS_EXPORTER.bytes);
    const { device, refusal } = entrance.lookUp(this.#attempt.clientId, 'MQTT');
    const response = decodeChallengeResponse(answer);
    const login =
      response instanceof MkiotError ? response : this.#verify(challenge, response, exporter, refusal ?? device);
    return verdicts.decide(this.#attempt, device, login);
  }

  /** As with a token, an answer costs at least one signature check whatever is wrong. */
  #verify(
    challenge: Uint8Array,
    { bound, signature }: ChallengeResponse,
    exporter: Uint8Array | undefined,
    device: DeviceAtLogin | MkiotError,
  ): VerifiedLogin | MkiotError {
    const { keys, challenges, bridgeId } = this.#parts;
    const { clientId } = this.#attempt;
    const signed = encodeSignedBytes({
      purpose: this.#session === undefined ? 'LOGIN' : 'RENEWAL',
      challenge,
      clientId,
      bridgeId: bridgeId(),
      exporter: bound ? exporter : undefined,
    });
    const signers = device instanceof MkiotError ? device : this.#signers(bound, device);
    if (signers instanceof MkiotError) {
      keys.standInFor('ES256').verify(signed, signature);
      return signers;
    }
    const signer = signers.find(({ key }) => key.verify(signed, signature));
    if (signer === undefined) {
      return deviceLoginError('LOGIN_SIGNATURE_WRONG', { algorithm: 'ES256', tried: signers.length });
    }
    const { device: owner, credential } = signer;
    return (
      challenges.use(challenge, clientId) ?? { device: owner, credential, tokenEndsAtMs: Number.POSITIVE_INFINITY }
    );
  }

  #signers(bound: boolean, device: DeviceAtLogin): readonly Signer[] | MkiotError {
    const { keys, clock } = this.#parts;
    const isOther = this.#session !== undefined && this.#session.principal.key !== device.numId;
    if (isOther) return deviceLoginError('RENEWAL_OF_ANOTHER_DEVICE');
    if (bound && this.#attempt.tlsExporter === undefined) return nonceError('EXPORTER_MISSING');
    const needsBinding = device.registry.policy.deviceLogin === 'EXPORTER_REQUIRED';
    if (!bound && needsBinding) return nonceError('EXPORTER_REQUIRED');
    return keys.signers(device, 'ES256', clock.now());
  }
}
