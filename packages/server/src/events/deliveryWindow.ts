import type { SubscriptionPosition } from './model.ts';

/** Most events that a subscription has delivered and not had acknowledged. */
const MAX_UNACKNOWLEDGED = 5_000;

/**
 * How far a subscription is, and until when each event that it has delivered is left to its consumer. An event that is not
 * acknowledged holds up nobody: the others go on past it.
 */
export class DeliveryWindow {
  #next: number;
  /** Rising sequences, as they were added, with the monotonic time at which each is due again. */
  readonly #unacknowledged: Map<number, number>;

  /** Starts with everything unacknowledged due at once. */
  constructor({ next, unacknowledged }: SubscriptionPosition) {
    this.#next = next;
    this.#unacknowledged = new Map(unacknowledged.map((sequence) => [sequence, -Infinity]));
  }

  get position(): SubscriptionPosition {
    return { next: this.#next, unacknowledged: [...this.#unacknowledged.keys()] };
  }

  /** Sequence of the first event that was not looked at. */
  get next(): number {
    return this.#next;
  }

  /** How many events more may be delivered. */
  get room(): number {
    return MAX_UNACKNOWLEDGED - this.#unacknowledged.size;
  }

  /** Everything before `next` has been looked at. */
  moveTo(next: number): void {
    this.#next = Math.max(this.#next, next);
  }

  /** The event is being delivered, for the first time or again, and due at `dueMs` if it is not acknowledged. */
  deliver(sequence: number, dueMs: number): void {
    this.#unacknowledged.set(sequence, dueMs);
    this.moveTo(sequence + 1);
  }

  /** Nobody has got what was delivered: it is due at once. */
  takeBack(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      if (this.#unacknowledged.has(sequence)) this.#unacknowledged.set(sequence, -Infinity);
    }
  }

  /** Whether that changed anything: an event may be acknowledged late, or twice. */
  acknowledge(sequence: number): boolean {
    return this.#unacknowledged.delete(sequence);
  }

  /** Events that are due again, at most `limit`, in order. */
  due(nowMs: number, limit: number): readonly number[] {
    return [...this.#unacknowledged]
      .filter(([, dueMs]) => dueMs <= nowMs)
      .slice(0, limit)
      .map(([sequence]) => sequence);
  }

  /** When the next event is due again; Infinity when none is. */
  get nextDueMs(): number {
    return Math.min(Infinity, ...this.#unacknowledged.values());
  }

  /** Gives up what is no longer kept, and says how many events that are: those not looked at and those not acknowledged. */
  giveUpBefore(firstKept: number): number {
    let missed = Math.max(0, firstKept - this.#next);
    this.moveTo(firstKept);
    for (const sequence of this.#unacknowledged.keys()) {
      if (sequence >= firstKept) break;
      this.#unacknowledged.delete(sequence);
      missed += 1;
    }
    return missed;
  }
}
