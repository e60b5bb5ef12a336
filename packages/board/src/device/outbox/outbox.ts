import { concatBytes } from '@mkiot/core/bytes/bytes';
import { LIMITS } from '@mkiot/core/contract/limits';
import { boardError } from '../boardErrors.ts';
import { OutboxJournal } from './outboxJournal.ts';
import {
  decodeOutboxRecords,
  encodeOutboxRecord,
  OUTBOX_FORMAT,
  type OutboxMessage,
  type OutboxRecord,
} from './outboxRecords.ts';
import type { OutboxStorage } from './outboxStorage.ts';

/** How much a device keeps while nobody takes it. */
export interface OutboxLimits {
  readonly maxMessages: number;
  /** Of payloads. */
  readonly maxBytes: number;
}

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

export interface OutboxFill {
  readonly messages: number;
  readonly bytes: number;
  readonly freeMessages: number;
  readonly freeBytes: number;
  /** Messages that gave way to newer ones, in the life of the outbox. */
  readonly dropped: number;
}

/**
 * Store and forward: messages in the order they were added, each kept until the server has acknowledged it. Bounded: the
 * oldest gives way. A message is durable before it can be sent, so no sequence number ever stands for two messages.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #listener: OutboxListener;
  readonly #journal: OutboxJournal;
  /** By sequence, oldest first. */
  readonly #messages = new Map<number, OutboxMessage>();
  #bytes = 0;
  #dropped = 0;
  /** Sequence of the oldest message that is kept, or the next sequence. */
  #first = 1;
  #nextSequence = 1;
  /** What `#first` was when the journal was told of it last. */
  #firstWritten = 1;
  /** First sequence that is not durable yet. */
  #firstWaiting = 1;
  /** First sequence that was not taken since the last rewind. */
  #firstUntaken = 1;
  /** First sequence that was never taken. */
  #firstFresh = 1;
  #wake = Promise.withResolvers<void>();

  private constructor(
    storage: OutboxStorage,
    stored: { readonly bytes: Uint8Array; readonly records: readonly OutboxRecord[]; readonly damaged: boolean },
    limits: OutboxLimits,
    listener: OutboxListener,
  ) {
    this.#limits = limits;
    this.#listener = listener;
    for (const record of stored.records) this.#restore(record);
    this.#firstWaiting = this.#nextSequence;
    this.#firstUntaken = this.#first;
    this.#firstWritten = this.#first;
    // Nobody knows which of them were sent before the restart.
    this.#firstFresh = this.#nextSequence;
    this.#journal = new OutboxJournal(
      {
        storage,
        storedBytes: stored.bytes.length,
        snapshot: () => this.#snapshot(),
        heldBytes: () => this.#bytes + 64 * this.#messages.size,
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
    return new Outbox(storage, { bytes, records, damaged: lostBytes > 0 }, limits, listener);
  }

  get fill(): OutboxFill {
    return {
      messages: this.#messages.size,
      bytes: this.#bytes,
      freeMessages: this.#limits.maxMessages - this.#messages.size,
      freeBytes: this.#limits.maxBytes - this.#bytes,
      dropped: this.#dropped,
    };
  }

  /**
   * Adds a message; resolves when it is durable and may be sent. Throws `OUTBOX_MESSAGE_TOO_LARGE`.
   *
   * @param compose makes the payload, which may carry the sequence number it is given
   */
  async add(subfolder: string, compose: (sequence: number) => Uint8Array): Promise<OutboxMessage> {
    const message: OutboxMessage = { sequence: this.#nextSequence, subfolder, payload: compose(this.#nextSequence) };
    const bytes = message.payload.length;
    const maxBytes = Math.min(this.#limits.maxBytes, LIMITS.eventBytes);
    if (bytes > maxBytes) throw boardError('OUTBOX_MESSAGE_TOO_LARGE', { bytes, maxBytes });
    this.#makeRoomFor(bytes);
    this.#keep(message);
    const record = encodeOutboxRecord({ kind: 'message', message });
    await this.#journal.write(concatBytes(this.#removedRecord(), record));
    this.#firstWaiting = Math.max(this.#firstWaiting, message.sequence + 1);
    this.#wakeTakers();
    return message;
  }

  /**
   * The next message to send, oldest first; waits for one. `undefined` when `signal` is aborted. `resent`: the server may
   * have it already.
   */
  async take(signal: AbortSignal): Promise<{ message: OutboxMessage; resent: boolean } | undefined> {
    const stopWaiting = (): void => this.#wakeTakers();
    signal.addEventListener('abort', stopWaiting);
    try {
      while (!signal.aborted) {
        const message = this.#takeNow();
        if (message !== undefined) {
          const resent = message.sequence < this.#firstFresh;
          this.#firstFresh = Math.max(this.#firstFresh, message.sequence + 1);
          return { message, resent };
        }
        await this.#wake.promise;
      }
      return undefined;
    } finally {
      signal.removeEventListener('abort', stopWaiting);
    }
  }

  /** Begins again with the oldest message that is not acknowledged: for a new session. */
  rewind(): void {
    this.#firstUntaken = this.#first;
  }

  /** The server has the message. Harmless for one that has been dropped in the meantime. */
  acknowledge(sequence: number): void {
    this.#forget(sequence);
  }

  /** Resolves when everything is written. */
  close(): Promise<void> {
    return this.#journal.write(this.#removedRecord());
  }

  #takeNow(): OutboxMessage | undefined {
    while (this.#firstUntaken < this.#firstWaiting) {
      const message = this.#messages.get(this.#firstUntaken++);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  #makeRoomFor(bytes: number): void {
    const { maxMessages, maxBytes } = this.#limits;
    let count = 0;
    while (this.#messages.size > 0 && (this.#messages.size >= maxMessages || this.#bytes + bytes > maxBytes)) {
      this.#forget(this.#first);
      count += 1;
    }
    if (count === 0) return;
    this.#dropped += count;
    this.#listener.dropped(count);
  }

  /**
   * What has gone since this was asked last; empty when nothing has. It is written with the next message instead of at
   * each acknowledgement: a power cut in between makes the device send some messages once more, which at least once
   * allows, and a disk is spared half of its syncs.
   */
  #removedRecord(): Uint8Array {
    if (this.#firstWritten === this.#first) return new Uint8Array();
    this.#firstWritten = this.#first;
    return encodeOutboxRecord({ kind: 'removed', firstKept: this.#first, dropped: this.#dropped });
  }

  #keep(message: OutboxMessage): void {
    if (this.#messages.size === 0) this.#first = message.sequence;
    this.#messages.set(message.sequence, message);
    this.#bytes += message.payload.length;
    this.#nextSequence = Math.max(this.#nextSequence, message.sequence + 1);
  }

  #forget(sequence: number): void {
    this.#bytes -= this.#messages.get(sequence)?.payload.length ?? 0;
    this.#messages.delete(sequence);
    while (this.#first < this.#nextSequence && !this.#messages.has(this.#first)) this.#first += 1;
  }

  #restore(record: OutboxRecord): void {
    switch (record.kind) {
      case 'checkpoint':
        this.#nextSequence = record.nextSequence;
        this.#first = record.nextSequence;
        this.#dropped = record.dropped;
        break;
      case 'message':
        this.#keep(record.message);
        break;
      case 'removed':
        this.#dropped = record.dropped;
        while (this.#messages.size > 0 && this.#first < record.firstKept) this.#forget(this.#first);
    }
  }

  #snapshot(): Uint8Array {
    const messages = [...this.#messages.values()];
    return concatBytes(
      encodeOutboxRecord({
        kind: 'checkpoint',
        format: OUTBOX_FORMAT,
        nextSequence: this.#nextSequence,
        dropped: this.#dropped,
      }),
      ...messages.map((message) => encodeOutboxRecord({ kind: 'message', message })),
    );
  }

  #wakeTakers(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
