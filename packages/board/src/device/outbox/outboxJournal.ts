import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { OutboxStorage } from './outboxStorage.ts';

/** The journal is written anew when it is this many bytes longer than twice what the outbox still holds. */
const SLACK_BYTES = 65_536;

export interface JournalOptions {
  readonly storage: OutboxStorage;
  /** Bytes that the storage holds already. */
  readonly storedBytes: number;
  /** All that the outbox holds, as records: what a fresh journal starts with. */
  readonly snapshot: () => Uint8Array;
  /** About how long `snapshot` is, without making it. */
  readonly heldBytes: () => number;
  /** Told when the storage starts to fail; the outbox goes on in memory. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * Writes the outbox's records behind each other. Records that arrive while a write is running go into the next one
 * together, so a slow disk costs one sync a batch. A storage that has failed is not appended to, because nobody knows
 * what its end looks like; the next write replaces everything and so heals it.
 */
export class OutboxJournal {
  readonly #options: JournalOptions;
  #storedBytes: number;
  #waiting: Uint8Array[] = [];
  /** The write that is still collecting records; it begins when the one before it has ended. */
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #mustReplace: boolean;

  /** @param damaged the stored end is torn, so the first write replaces everything */
  constructor(options: JournalOptions, damaged: boolean) {
    this.#options = options;
    this.#storedBytes = options.storedBytes;
    this.#mustReplace = damaged;
  }

  /**
   * Resolves when `record`, which may be empty, and all before it are durable, or when the storage has failed to take
   * them and that has been told.
   */
  write(record: Uint8Array): Promise<void> {
    this.#waiting.push(record);
    if (this.#next === undefined) {
      this.#last = this.#last.then(() => this.#writeWaiting());
      this.#next = this.#last;
    }
    return this.#next;
  }

  async #writeWaiting(): Promise<void> {
    this.#next = undefined;
    const batch = concatBytes(...this.#waiting.splice(0));
    try {
      await this.#store(batch);
      this.#mustReplace = false;
    } catch (cause) {
      if (!this.#mustReplace) this.#options.onFailure(cause);
      this.#mustReplace = true;
    }
  }

  async #store(batch: Uint8Array): Promise<void> {
    const { storage, snapshot, heldBytes } = this.#options;
    const isLong = this.#storedBytes + batch.length > 2 * heldBytes() + SLACK_BYTES;
    if (this.#mustReplace || isLong) {
      // The outbox changed before it wrote, so the snapshot holds the batch.
      const whole = snapshot();
      await storage.replace(whole);
      this.#storedBytes = whole.length;
    } else {
      await storage.append(batch);
      this.#storedBytes += batch.length;
    }
  }
}
