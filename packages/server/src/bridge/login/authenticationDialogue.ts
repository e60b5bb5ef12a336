// MQTT 5.0, section 4.12: enhanced authentication.
import { type AuthPacket, encodeAuth } from '@mkiot/core/mqtt/auth';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { Outgoing } from '../connection/outgoing.ts';
import type {
  AuthenticationExchange,
  AuthenticationMethod,
  LoginAttempt,
  LoginVerdict,
  Principal,
  Session,
} from '../hooks.ts';
import type { ClientTerms } from './clientTerms.ts';

/** One exchange of AUTH packets, for a login or a renewal. */
export class AuthenticationDialogue<P extends Principal> {
  /** Its name. */
  readonly method: string;
  readonly #exchange: AuthenticationExchange<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  #awaitsClient = false;

  constructor(
    method: AuthenticationMethod<P>,
    attempt: LoginAttempt,
    session: Session<P> | undefined,
    outgoing: Outgoing,
    client: ClientTerms,
  ) {
    this.method = method.name;
    this.#exchange = method.begin(attempt, session);
    this.#outgoing = outgoing;
    this.#client = client;
  }

  /** Whether the next word is the client's. */
  get awaitsClient(): boolean {
    return this.#awaitsClient;
  }

  /** Whether `packet` is that word. */
  isContinuedBy({ reasonCode, properties }: AuthPacket): boolean {
    const isOfMethod = properties?.authenticationMethod === this.method;
    return this.#awaitsClient && isOfMethod && reasonCode === REASON_CODES.CONTINUE_AUTHENTICATION.code;
  }

  /** Takes the client's Authentication Data: the verdict, or `undefined` when an AUTH has been sent that asks for more. */
  async answer(data: Uint8Array | undefined): Promise<LoginVerdict<P> | undefined> {
    this.#awaitsClient = false;
    const step = await this.#exchange.next(data);
    if ('accepted' in step) return step;
    const bytes = encodeAuth({
      type: 'AUTH',
      reasonCode: REASON_CODES.CONTINUE_AUTHENTICATION.code,
      properties: { authenticationMethod: this.method, authenticationData: step.data },
    });
    if (bytes.length > this.#client.maximumPacketBytes) {
      return { accepted: false, reason: 'The device takes no packet as long as the challenge.' };
    }
    this.#outgoing.send(bytes);
    this.#awaitsClient = true;
    return undefined;
  }
}
