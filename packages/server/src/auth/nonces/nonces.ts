import { decodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Entrance } from '../deviceEntrance.ts';
import type { Challenges } from './challenges.ts';
import { nonceError } from './nonceErrors.ts';
import type { Tickets } from './tickets.ts';

/** A nonce that is good as long as nobody is faster. */
export interface FreshNonce {
  /** Takes it for a login that is right in all other things. Returns why it is good no more. */
  use(): Promise<MkiotError | undefined>;
}

const NOBODY = 0;

/** The nonces that this installation has given out, of both kinds. */
export class Nonces {
  readonly challenges: Challenges;
  readonly tickets: Tickets;

  constructor(challenges: Challenges, tickets: Tickets) {
    this.challenges = challenges;
    this.tickets = tickets;
  }

  /**
   * Looks whether the `nonce` claim of a token is good for a login of whom the client id names, if there is anybody.
   */
  async find(text: string, { clientId, protocol, device }: Entrance): Promise<FreshNonce | MkiotError> {
    const nonce = decodeNonce(text);
    if (nonce instanceof MkiotError) return nonce;
    if (nonce.kind === 'challenge') {
      const refusal = this.challenges.refusal(nonce.bytes, clientId);
      return refusal ?? { use: async () => this.challenges.use(nonce.bytes, clientId) };
    }
    if (protocol === 'HTTP') return nonceError('TICKET_OVER_HTTP');
    const numId = device?.numId ?? NOBODY;
    const ticket = await this.tickets.find(numId, nonce.bytes);
    if (ticket instanceof MkiotError) return ticket;
    return {
      use: async () => {
        // Who uses a ticket has it. Usually that is known, and nothing is written.
        if (!ticket.isAcknowledged) await this.tickets.acknowledge(numId, ticket);
        return undefined;
      },
    };
  }
}
