/** Where a device keeps the ticket of its next login: it has to be there after a power cut. */
export interface TicketStore {
  /** The ticket that was saved last; undefined when there is none. */
  load(): Promise<string | undefined>;
  /** Resolves when the ticket is durable: only then may the server forget the one before. */
  save(ticket: string): Promise<void>;
}

/** A store that forgets at the end of the process. */
export class MemoryTicketStore implements TicketStore {
  #ticket: string | undefined;

  load(): Promise<string | undefined> {
    return Promise.resolve(this.#ticket);
  }

  save(ticket: string): Promise<void> {
    this.#ticket = ticket;
    return Promise.resolve();
  }
}
