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

/**
 * What makes a login fresh: an answer to a challenge, a token with the challenge of a refusal or with one that was asked
 * for, a kept ticket, or the clock.
 */
export type LoginMethod = 'challenge' | 'refusalChallenge' | 'askedChallenge' | 'ticket' | 'clock';

/** Asks the server, by another way than MQTT, for a challenge for `clientId`: its text. Rejects when there is none. */
export type AskChallenge = (clientId: string) => Promise<string>;

export interface LoginOptions {
  readonly clock: Clock;
  readonly identity: DeviceIdentity;
  readonly protocolLevel: ProtocolLevel;
  readonly tickets: TicketStore;
  /** The way in of a device without ticket and clock, if it has one. */
  readonly askChallenge: AskChallenge | undefined;
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
  #clockWasRefused = false;
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
    const { identity, clock } = this.#options;
    const { method, nonce } = await this.#nonce();
    this.#method = method;
    return nonce === undefined ? identity.createToken(clock) : identity.createNonceToken(nonce);
  }

  async #nonce(): Promise<{ readonly method: LoginMethod; readonly nonce?: string }> {
    const { identity, tickets, askChallenge } = this.#options;
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (challenge !== undefined) return { method: 'refusalChallenge', nonce: challenge };
    if (this.#clockWasRefused && askChallenge !== undefined) {
      this.#clockWasRefused = false;
      // Where nobody answers this try has failed, and the next is as if nobody had been asked.
      return { method: 'askedChallenge', nonce: await askChallenge(identity.clientId) };
    }
    // A store that fails must not keep out a device whose clock is right.
    const ticket = this.#ticketWasRefused ? undefined : await tickets.load().catch(() => undefined);
    return ticket === undefined ? { method: 'clock' } : { method: 'ticket', nonce: ticket };
  }

  accepted(): void {
    this.#ticketWasRefused = false;
    this.#clockWasRefused = false;
  }

  /**
   * The last try was refused. Whether the next one is another that should come at once: a challenge does not live long, and a
   * server that does not know a method has nothing against the device.
   */
  refused(code: number, { nonce }: LoginProperties): boolean {
    const method = this.#method;
    // The ticket may not be to blame: the next try is without, the one after it again with it.
    this.#ticketWasRefused = method === 'ticket';
    this.#clockWasRefused = method === 'clock';
    if (method === 'challenge' && code === REASON_CODES.BAD_AUTHENTICATION_METHOD.code) {
      this.#serverKnowsChallenges = false;
      return true;
    }
    const mayHelp = method === 'ticket' || method === 'clock';
    this.#challenge = mayHelp ? nonce : undefined;
    return this.#challenge !== undefined || (this.#clockWasRefused && this.#options.askChallenge !== undefined);
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
