// docs/protocol.md, "What a client does, in order".
import type { Clock } from '@mkiot/core/clock/clock';
import { decodeNonce } from '@mkiot/core/deviceLogin/nonce';
import type { LoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { ChannelBinding } from '../connection/byteStream.ts';
import type { LoginProof } from '../connection/connectPacket.ts';
import type { DeviceIdentity } from '../identity.ts';
import type { TicketStore } from './ticketStore.ts';

/** What makes a login fresh: an answer to a challenge of this connection or the last, a kept ticket, or the clock. */
export type LoginMethod = 'challenge' | 'refusalChallenge' | 'ticket' | 'clock';

export interface LoginOptions {
  readonly clock: Clock;
  readonly identity: DeviceIdentity;
  readonly protocolLevel: ProtocolLevel;
  readonly tickets: TicketStore;
}

/**
 * How a device logs in from one try to the next. A server that knows none of it gets tokens by the clock, as it always
 * did.
 */
export class Login {
  readonly #options: LoginOptions;
  #serverKnowsChallenges = true;
  /** The challenge that came with the last refusal. */
  #challenge: string | undefined;
  #ticketWasRefused = false;
  #method: LoginMethod = 'clock';

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** Of the login that was proven last. */
  get method(): LoginMethod {
    return this.#method;
  }

  async prove(binding: ChannelBinding | undefined): Promise<LoginProof> {
    const { identity, protocolLevel } = this.#options;
    if (protocolLevel === 5 && this.#serverKnowsChallenges && identity.answersChallenges && binding !== undefined) {
      this.#method = 'challenge';
      return { answerChallenge: (challenge, purpose) => identity.answerChallenge(challenge, purpose, binding) };
    }
    return { token: await this.token() };
  }

  /** A token for a CONNECT, or for a renewal inside the session. */
  async token(): Promise<string> {
    const { identity, clock, tickets } = this.#options;
    // A store that fails must not keep out a device whose clock is right.
    const ticket = this.#ticketWasRefused ? undefined : await tickets.load().catch(() => undefined);
    const nonce = this.#challenge ?? ticket;
    if (this.#challenge !== undefined) this.#method = 'refusalChallenge';
    else this.#method = ticket === undefined ? 'clock' : 'ticket';
    this.#challenge = undefined;
    return nonce === undefined ? identity.createToken(clock) : identity.createNonceToken(nonce);
  }

  accepted(): void {
    this.#ticketWasRefused = false;
  }

  /**
   * The last try was refused. Whether the next one is another that should come at once: a challenge does not live long, and a
   * server that does not know a method has nothing against the device.
   */
  refused(code: number, { nonce }: LoginProperties): boolean {
    const method = this.#method;
    // The ticket may not be to blame: the next try is without, the one after it again with it.
    this.#ticketWasRefused = method === 'ticket';
    if (method === 'challenge' && code === REASON_CODES.BAD_AUTHENTICATION_METHOD.code) {
      this.#serverKnowsChallenges = false;
      return true;
    }
    const mayHelp = method === 'ticket' || method === 'clock';
    this.#challenge = mayHelp ? nonce : undefined;
    return this.#challenge !== undefined;
  }

  /**
   * A message on the device's `nonce` topic. Resolves when the ticket is durable: then it may be acknowledged. What is no
   * ticket is not kept.
   */
  async receiveTicket(ticket: string): Promise<void> {
    if (decodeNonce(ticket) instanceof MkiotError) return;
    await this.#options.tickets.save(ticket);
    this.#ticketWasRefused = false;
  }
}
