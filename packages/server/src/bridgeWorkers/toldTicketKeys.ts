import type { TicketKeySource } from '../bridge/listener/ticketKeys.ts';

/** The ticket keys of a worker: those of the main thread, so that a ticket of one worker is good at the others. */
export class ToldTicketKeys implements TicketKeySource {
  #current: Uint8Array<ArrayBuffer>;
  #callback: () => void = () => undefined;

  constructor(current: Uint8Array<ArrayBuffer>) {
    this.#current = current;
  }

  get current(): Uint8Array<ArrayBuffer> {
    return this.#current;
  }

  onChange(callback: () => void): void {
    this.#callback = callback;
  }

  /** The main thread has drawn others. */
  change(ticketKeys: Uint8Array<ArrayBuffer>): void {
    this.#current = ticketKeys;
    this.#callback();
  }

  close(): void {
    this.#callback = () => undefined;
  }
}
