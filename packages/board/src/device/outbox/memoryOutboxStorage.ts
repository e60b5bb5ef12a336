import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { OutboxStorage } from './outboxStorage.ts';

/** An outbox that lives as long as the device's memory: for a board without flash to spare, or in a browser. */
export class MemoryOutboxStorage implements OutboxStorage {
  #parts: Uint8Array[];

  constructor(stored: Uint8Array = new Uint8Array()) {
    this.#parts = [stored];
  }

  read(): Promise<Uint8Array> {
    return Promise.resolve(concatBytes(...this.#parts));
  }

  append(bytes: Uint8Array): Promise<void> {
    this.#parts.push(bytes);
    return Promise.resolve();
  }

  replace(bytes: Uint8Array): Promise<void> {
    this.#parts = [bytes];
    return Promise.resolve();
  }
}
