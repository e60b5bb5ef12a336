import { concatBytes } from '@mkiot/core/bytes/bytes';
import { encodeOutboxRecord, OUTBOX_FORMAT, type OutboxMessage, type OutboxRecord } from './outboxRecords.ts';

/** How much a device keeps while nobody takes it. */
export interface OutboxLimits {
  readonly maxMessages: number;
  /** Of payloads. */
  readonly maxBytes: number;
}

export interface OutboxFill {
  readonly messages: number;
  readonly bytes: number;
  readonly freeMessages: number;
  readonly freeBytes: number;
  /** Messages that gave way to newer ones, in the life of the outbox. */
  readonly dropped: number;
}

/** The messages of an outbox in memory: numbered, in order, bounded. What is stored is the records that lead to them. */
export class KeptMessages {
  readonly #limits: OutboxLimits;
  /** By sequence, oldest first. */
  readonly #messages = new Map<number, OutboxMessage>();
  #bytes = 0;
  #dropped = 0;
  #first = 1;
  #nextSequence = 1;

  /** @param records as they were stored, oldest first */
  constructor(limits: OutboxLimits, records: readonly OutboxRecord[]) {
    this.#limits = limits;
    for (const record of records) this.#restore(record);
  }

  /** Sequence of the oldest message, or the next sequence when there is none. */
  get first(): number {
    return this.#first;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  get fill(): OutboxFill {
    const { maxMessages, maxBytes } = this.#limits;
    const [messages, bytes] = [this.#messages.size, this.#bytes];
    return {
      messages,
      bytes,
      freeMessages: maxMessages - messages,
      freeBytes: maxBytes - bytes,
      dropped: this.#dropped,
    };
  }

  get(sequence: number): OutboxMessage | undefined {
    return this.#messages.get(sequence);
  }

  /** Adds a message of the next sequence; returns how many of the oldest had to give way. */
  add(message: OutboxMessage): number {
    const { maxMessages, maxBytes } = this.#limits;
    const droppedBefore = this.#dropped;
    const isFull = (): boolean => this.#messages.size >= maxMessages || this.#bytes + message.payload.length > maxBytes;
    while (this.#messages.size > 0 && isFull()) {
      this.remove(this.#first);
      this.#dropped += 1;
    }
    this.#keep(message);
    return this.#dropped - droppedBefore;
  }

  /** Harmless for a message that is not there any more. */
  remove(sequence: number): void {
    this.#bytes -= this.#messages.get(sequence)?.payload.length ?? 0;
    this.#messages.delete(sequence);
    while (this.#first < this.#nextSequence && !this.#messages.has(this.#first)) this.#first += 1;
  }

  /** The record that makes a restart forget what is older than {@link first}. */
  removedRecord(): Uint8Array {
    return encodeOutboxRecord({ kind: 'removed', firstKept: this.#first, dropped: this.#dropped });
  }

  /** All of it, as the records of a fresh journal. */
  snapshot(): Uint8Array {
    const [nextSequence, dropped] = [this.#nextSequence, this.#dropped];
    const checkpoint = encodeOutboxRecord({ kind: 'checkpoint', format: OUTBOX_FORMAT, nextSequence, dropped });
    const messages = [...this.#messages.values()];
    return concatBytes(checkpoint, ...messages.map((message) => encodeOutboxRecord({ kind: 'message', message })));
  }

  #keep(message: OutboxMessage): void {
    if (this.#messages.size === 0) this.#first = message.sequence;
    this.#messages.set(message.sequence, message);
    this.#bytes += message.payload.length;
    this.#nextSequence = Math.max(this.#nextSequence, message.sequence + 1);
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
        while (this.#messages.size > 0 && this.#first < record.firstKept) this.remove(this.#first);
    }
  }
}
