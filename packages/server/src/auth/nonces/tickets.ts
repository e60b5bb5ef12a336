import { TICKET_BYTES } from '@mkiot/core/deviceLogin/nonce';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { GroupCommit } from '../../store/groupCommit.ts';
import { KeptQuery } from '../../store/keptQuery.ts';
import { nonceError } from './nonceErrors.ts';
import { acknowledgedQuery, acknowledgeTickets, type TicketAcknowledgement } from './ticketStore.ts';

/** One of the tickets of a device: they are numbered from 1 on. */
export interface Ticket {
  readonly number: number;
  readonly bytes: Uint8Array;
  /** Whether the device is known to have it. */
  readonly isAcknowledged: boolean;
}

interface WaitingAcknowledgement extends TicketAcknowledgement {
  readonly settled: (error: unknown) => void;
}

/**
 * Next-nonce tickets (docs/decisions/0006-tickets.md). The tickets of a device are one sequence, made from a key and
 * their number, so that only the number is stored: good are the ticket that the device acknowledged last and the one after
 * it. That one is what the device is given, as often as it takes until it has acknowledged it, and only then the ticket
 * before it dies: no lost packet can leave a device without a good one.
 */
export class Tickets {
  readonly #database: Database;
  readonly #acknowledged = new KeptQuery(acknowledgedQuery);
  readonly #key: Uint8Array;
  readonly #acknowledgements: GroupCommit<WaitingAcknowledgement>;

  /** @param key secret, the same at each start */
  constructor(database: Database, key: Uint8Array, logger: Pick<Logger, 'error'>) {
    this.#database = database;
    this.#key = key;
    this.#acknowledgements = new GroupCommit<WaitingAcknowledgement>({
      database,
      batch: 1_000,
      write: acknowledgeTickets,
      settled(waiting, error) {
        if (error !== undefined) {
          logger.error({ tickets: waiting.length, err: error }, 'acknowledgements of tickets were not noted');
        }
        for (const { settled } of waiting) settled(error);
      },
    });
  }

  /** The ticket that the device `numId` is to be given. */
  async next(numId: number): Promise<Ticket> {
    return this.#ticket(numId, (await this.#acknowledgedBy(numId)) + 1, false);
  }

  /** The good ticket that `bytes` are. An unknown device, 0, takes as long. */
  async find(numId: number, bytes: Uint8Array): Promise<Ticket | MkiotError> {
    const acknowledged = await this.#acknowledgedBy(numId);
    const good = [this.#ticket(numId, acknowledged, true), this.#ticket(numId, acknowledged + 1, false)];
    const found = good.find((ticket) => timingSafeEqual(ticket.bytes, bytes));
    return found === undefined || found.number === 0 ? nonceError('TICKET_DEAD') : found;
  }

  /** The device has this ticket: those before it are dead when this resolves. Rejects when that could not be noted. */
  acknowledge(numId: number, { number }: Ticket): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = (error: unknown): void => (error === undefined ? resolve() : reject(error));
      this.#acknowledgements.add({ numId, number, settled });
    });
  }

  /** Resolves when every acknowledgement so far is on disk. */
  idle(): Promise<void> {
    return this.#acknowledgements.idle();
  }

  async #acknowledgedBy(numId: number): Promise<number> {
    const [row] = await this.#acknowledged.rows(this.#database.executor, [numId]);
    return row?.acknowledged ?? 0;
  }

  #ticket(numId: number, number: number, isAcknowledged: boolean): Ticket {
    const bytes = createHmac('sha256', this.#key).update(`${numId} ${number}`).digest().subarray(0, TICKET_BYTES);
    return { number, bytes, isAcknowledged };
  }
}
