import { concatBytes } from '@mkiot/core/bytes/bytes';
import { LIMITS } from '@mkiot/core/contract/limits';
import { boardError } from '../boardErrors.ts';
import { KeptMessages, type OutboxFill, type OutboxLimits } from './keptMessages.ts';
import { OutboxJournal } from './outboxJournal.ts';
import {
  decodeOutboxRecords,
  encodeOutboxRecord,
  OUTBOX_FORMAT,
  type OutboxMessage,
  type OutboxRecord,
} from './outboxRecords.ts';
import type { OutboxStorage } from './outboxStorage.ts';

export const OUTBOX_LIMITS: OutboxLimits = { maxMessages: 10_000, maxBytes: 4_194_304 };

/** What an outbox tells its device. */
export interface OutboxListener {
  /** The oldest `count` messages gave way to new ones. */
  dropped(count: number): void;
  /** The stored end was torn or damaged; everything before it is there. */
  damaged(lostBytes: number): void;
  /** The storage fails; messages are kept in memory until it works again. */
  storageFailed(cause: unknown): void;
}

/** A message to send. `resent`: the server may have it already. */
export interface TakenMessage {
  readonly message: OutboxMessage;
  readonly resent: boolean;
}

/**
 * Store and forward: messages in the order they were added, each kept until the server has acknowledged it. Bounded: the
 * oldest gives way. As long as the storage works a message is durable before it can be sent, so that no sequence number
 * ever stands for two messages.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #listener: OutboxListener;
  readonly #kept: KeptMessages;
  readonly #journal: OutboxJournal;
  /** First sequence that the journal keeps. */
  #firstWritten: number;
  /** First sequence that is not durable yet. */
  #firstWaiting: number;
  /** First sequence that was not taken since the last rewind. */
  #firstUntaken: number;
  /** First sequence that was never taken. */
  #firstFresh: number;
  #wake = Promise.withResolvers<void>();

  private constructor(
    storage: OutboxStorage,
    stored: { readonly bytes: number; readonly records: readonly OutboxRecord[]; readonly damaged: boolean },
    limits: OutboxLimits,
    listener: OutboxListener,
  ) {
    const kept = new KeptMessages(limits, stored.records);
    this.#limits = limits;
    this.#listener = listener;
    this.#kept = kept;
    this.#firstWritten = this.#firstUntaken = kept.first;
    // Nobody knows what was sent before the restart.
    this.#firstWaiting = this.#firstFresh = kept.nextSequence;
    this.#journal = new OutboxJournal(
      {
        storage,
        storedBytes: stored.bytes,
        snapshot: () => kept.snapshot(),
        heldBytes: () => kept.fill.bytes + 64 * kept.fill.messages,
        onFailure: (cause) => listener.storageFailed(cause),
      },
      stored.damaged || stored.records.length === 0,
    );
  }

  /** Opens what `storage` holds. Throws `OUTBOX_NEWER`, having changed nothing; a torn end is told and forgotten. */
  static async open(storage: OutboxStorage, limits: OutboxLimits, listener: OutboxListener): Promise<Outbox> {
    const bytes = await storage.read();
    const { records, goodBytes } = decodeOutboxRecords(bytes);
    for (const record of records) {
      if (record.kind === 'checkpoint' && record.format !== OUTBOX_FORMAT) {
        throw boardError('OUTBOX_NEWER', { format: record.format });
      }
    }
    const lostBytes = bytes.length - goodBytes;
    if (lostBytes > 0) listener.damaged(lostBytes);
    return new Outbox(storage, { bytes: bytes.length, records, damaged: lostBytes > 0 }, limits, listener);
  }

  get fill(): OutboxFill {
    return this.#kept.fill;
  }

  /**
   * Adds a message; resolves when it is durable and may be sent. Throws `OUTBOX_MESSAGE_TOO_LARGE`.
   *
   * @param compose makes the payload, which may carry the sequence number it is given
   */
  async add(subfolder: string, compose: (sequence: number) => Uint8Array): Promise<OutboxMessage> {
    const sequence = this.#kept.nextSequence;
    const message: OutboxMessage = { sequence, subfolder, payload: compose(sequence) };
    const bytes = message.payload.length;
    const maxBytes = Math.min(this.#limits.maxBytes, LIMITS.eventBytes);
    if (bytes > maxBytes) throw boardError('OUTBOX_MESSAGE_TOO_LARGE', { bytes, maxBytes });
    const dropped = this.#kept.add(message);
    if (dropped > 0) this.#listener.dropped(dropped);
    await this.#journal.write(concatBytes(this.#removedRecord(), encodeOutboxRecord({ kind: 'message', message })));
    this.#firstWaiting = Math.max(this.#firstWaiting, sequence + 1);
    this.#wakeTakers();
    return message;
  }

  /** The next message to send, oldest first; waits for one. `undefined` when `signal` is aborted. */
  async take(signal: AbortSignal): Promise<TakenMessage | undefined> {
    const stopWaiting = (): void => this.#wakeTakers();
    signal.addEventListener('abort', stopWaiting);
    try {
      while (!signal.aborted) {
        const taken = this.#takeNow();
        if (taken !== undefined) return taken;
        await this.#wake.promise;
      }
      return undefined;
    } finally {
      signal.removeEventListener('abort', stopWaiting);
    }
  }

  /** Begins again with the oldest message that is not acknowledged: for a new session. */
  rewind(): void {
    this.#firstUntaken = this.#kept.first;
  }

  /** The server has the message. Harmless for one that has been dropped in the meantime. */
  acknowledge(sequence: number): void {
    this.#kept.remove(sequence);
  }

  /** Resolves when everything is written. */
  close(): Promise<void> {
    return this.#journal.write(this.#removedRecord());
  }

  #takeNow(): TakenMessage | undefined {
    while (this.#firstUntaken < this.#firstWaiting) {
      const sequence = this.#firstUntaken++;
      const resent = sequence < this.#firstFresh;
      this.#firstFresh = Math.max(this.#firstFresh, sequence + 1);
      const message = this.#kept.get(sequence);
      if (message !== undefined) return { message, resent };
    }
    return undefined;
  }

  /**
   * What has gone since the journal was told last; empty when nothing has. It is written with the next message instead of
   * at each acknowledgement: a power cut in between makes the device send some messages once more, which at least once
   * allows, and a disk is spared half of its syncs.
   */
  #removedRecord(): Uint8Array {
    if (this.#firstWritten === this.#kept.first) return new Uint8Array();
    this.#firstWritten = this.#kept.first;
    return this.#kept.removedRecord();
  }

  #wakeTakers(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
