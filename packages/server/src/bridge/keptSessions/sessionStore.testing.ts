import type { MessageRecord, SessionChange, SessionRecord, SessionStore, StoredSession } from './sessionStore.ts';

/** A store in memory, written at once: what a disk would have at every moment. */
export class MemorySessionStore implements SessionStore {
  /** While set, nothing is written. */
  failure: Error | undefined = undefined;
  readonly changes: SessionChange[] = [];
  readonly #sessions = new Map<number, SessionRecord>();
  readonly #messages = new Map<number, Map<number, MessageRecord>>();
  readonly #received = new Map<number, Set<number>>();

  write(change: SessionChange, settled?: (error: unknown) => void): void {
    if (this.failure === undefined) this.#apply(change);
    settled?.(this.failure);
  }

  read(): readonly StoredSession[] {
    return Array.from(this.#sessions, ([key, session]) => ({
      session,
      messages: [...this.#messagesOf(key).values()],
      received: [...this.#receivedBy(key)],
    }));
  }

  #apply(change: SessionChange): void {
    this.changes.push(change);
    if (change.type === 'SAVED') {
      this.#sessions.set(change.session.key, change.session);
      return;
    }
    const { key } = change;
    const messages = this.#messagesOf(key);
    if (change.type === 'ENDED') for (const each of [this.#sessions, this.#messages, this.#received]) each.delete(key);
    else if (change.type === 'MESSAGE_QUEUED') messages.set(change.message.sequence, change.message);
    else if (change.type === 'MESSAGE_SETTLED') messages.delete(change.sequence);
    else if (change.type === 'RECEIVED') this.#receivedBy(key).add(change.packetId);
    else if (change.type === 'COMPLETED') this.#receivedBy(key).delete(change.packetId);
    else {
      const message = messages.get(change.sequence);
      if (message === undefined) return;
      const changes = change.type === 'MESSAGE_SENT' ? { packetId: change.packetId } : { isReleased: true };
      messages.set(change.sequence, { ...message, ...changes });
    }
  }

  #messagesOf(key: number): Map<number, MessageRecord> {
    const known = this.#messages.get(key) ?? new Map<number, MessageRecord>();
    this.#messages.set(key, known);
    return known;
  }

  #receivedBy(key: number): Set<number> {
    const known = this.#received.get(key) ?? new Set<number>();
    this.#received.set(key, known);
    return known;
  }
}
