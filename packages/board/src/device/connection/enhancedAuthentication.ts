// MQTT 5.0, section 4.12, with the method of docs/protocol.md.
import { AUTHENTICATION_METHOD } from '@mkiot/core/deviceLogin/challengeResponse';
import { type LoginProperties, readLoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import type { SigningPurpose } from '@mkiot/core/deviceLogin/signedBytes';
import type { AuthPacket } from '@mkiot/core/mqtt/auth';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { boardError } from '../boardErrors.ts';

/** Answers a challenge with the device key: the Authentication Data of the next AUTH. */
export type AnswerChallenge = (challenge: Uint8Array, purpose: SigningPurpose) => Promise<Uint8Array>;

const { SUCCESS, CONTINUE_AUTHENTICATION, RE_AUTHENTICATE } = REASON_CODES;

/** The device's side of enhanced authentication on one connection: at the CONNECT, and again to renew the session. */
export class EnhancedAuthentication {
  readonly #answerChallenge: AnswerChallenge;
  #purpose: SigningPurpose | undefined = 'LOGIN';
  #renewal: PromiseWithResolvers<LoginProperties> | undefined;

  constructor(answerChallenge: AnswerChallenge) {
    this.#answerChallenge = answerChallenge;
  }

  /** Begins a re-authentication: the packet to send, and what the server says when it has let the device stay. */
  renew(): { readonly packet: AuthPacket; readonly renewed: Promise<LoginProperties> } {
    this.#purpose = 'RENEWAL';
    this.#renewal = Promise.withResolvers();
    return { packet: authPacket(RE_AUTHENTICATE.code), renewed: this.#renewal.promise };
  }

  /** Takes an AUTH of the server; resolves with the answer, if it asks for one. Throws `PACKET_UNEXPECTED`. */
  async receive({ reasonCode, properties }: AuthPacket): Promise<AuthPacket | undefined> {
    if (properties?.authenticationMethod !== AUTHENTICATION_METHOD) throw unexpected('it has another method');
    if (reasonCode === SUCCESS.code && this.#renewal !== undefined) {
      this.#renewal.resolve(readLoginProperties(properties.userProperties));
      this.#renewal = undefined;
      return undefined;
    }
    const purpose = this.#purpose;
    // One answer a question: whoever else asks wants a signature that he has no use for of ours.
    this.#purpose = undefined;
    const { authenticationData } = properties;
    if (reasonCode !== CONTINUE_AUTHENTICATION.code || purpose === undefined || authenticationData === undefined) {
      throw unexpected('nothing asked for it');
    }
    return authPacket(CONTINUE_AUTHENTICATION.code, await this.#answerChallenge(authenticationData, purpose));
  }

  /** The login is over: challenges come only for a renewal now. */
  accepted(): void {
    this.#purpose = undefined;
  }

  /** The session has ended. */
  ended(reason: Error): void {
    this.#renewal?.reject(reason);
    this.#renewal = undefined;
  }
}

function authPacket(reasonCode: number, authenticationData?: Uint8Array): AuthPacket {
  const method = { authenticationMethod: AUTHENTICATION_METHOD };
  const properties = authenticationData === undefined ? method : { ...method, authenticationData };
  return { type: 'AUTH', reasonCode, properties };
}

function unexpected(detail: string): Error {
  return boardError('PACKET_UNEXPECTED', { packet: 'AUTH', detail });
}
