// docs/provisioning.md, "Tickets".
import type { Clock } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { boardError } from '../boardErrors.ts';
import { Deadline } from '../deadline.ts';
import type { Emit } from '../deviceEvents.ts';
import type { DeviceIdentity } from '../identity.ts';
import type { TicketHolder } from './ticketHolder.ts';

/** The platform lets who guesses tickets wait for 5 s. */
const ANSWER_MS = 30_000;

export interface SelfEnrolmentOptions extends TicketHolder {
  readonly identity: DeviceIdentity;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * How a device that has a ticket becomes one of its registry: before its first login it redeems the ticket, and then forgets it. A
 * refusal may mean that it is enrolled already and the answer was lost, so it logs in all the same; when it is let in, the ticket
 * has done its work. A refused ticket is not sent again before the next start.
 */
export class SelfEnrolment {
  readonly #options: SelfEnrolmentOptions;
  #isRefused = false;

  constructor(options: SelfEnrolmentOptions) {
    this.#options = options;
  }

  /** Resolves when the device may try to log in. Throws why the platform could not be asked. */
  async beforeLogin(signal: AbortSignal): Promise<void> {
    const { tickets, redeem, identity, mac, clock, emit } = this.#options;
    if (this.#isRefused) return;
    const ticket = await tickets.load();
    if (ticket === undefined) return;
    using deadline = new Deadline(clock, ANSWER_MS);
    try {
      const enrolmentFor = (bridgeId: Uint8Array) => identity.enrol(ticket, mac, bridgeId);
      const deviceNumId = await redeem(enrolmentFor, AbortSignal.any([signal, deadline.signal]));
      emit({ type: 'enrolled', deviceNumId });
    } catch (error) {
      if (!(error instanceof MkiotError) || error.code !== 'ENROLMENT_REFUSED') throw error;
      this.#isRefused = true;
      emit({ type: 'enrolmentRefused', error: boardError('TICKET_REFUSED', {}, error) });
      return;
    }
    await this.#forget();
  }

  /** The platform has let the device in. */
  loggedIn(): Promise<void> {
    return this.#forget();
  }

  /** What could not be forgotten is refused at the next start, and forgotten after that login. */
  async #forget(): Promise<void> {
    const { tickets, emit } = this.#options;
    try {
      if ((await tickets.load()) !== undefined) await tickets.forget();
    } catch (cause) {
      emit({ type: 'storageFailed', cause });
    }
  }
}
