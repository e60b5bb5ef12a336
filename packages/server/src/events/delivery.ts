import { type Clock, delay } from '@mkiot/core/clock/clock';
import { DeliveryWindow } from './deliveryWindow.ts';
import { isWanted } from './eventFilter.ts';
import type { EventLog, LoggedEvent } from './eventLog.ts';
import { eventsError } from './eventsErrors.ts';
import { formatSubscriptionName, type SubscriptionPosition, type SubscriptionRecord } from './model.ts';

/** What one pull got. */
export interface Pulled {
  readonly events: readonly LoggedEvent[];
  /** How many events were removed or lost before they were acknowledged, since the last pull. With a filter, at most so many. */
  readonly missedEvents: number;
}

export interface DeliveryParts {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Resolves when the position, and that so many events more were missed, is on disk. */
  readonly savePosition: (position: SubscriptionPosition, missedMore: number) => Promise<void>;
}

const PAGE_EVENTS = 1_000;
/** Payload after which a pull takes no more. */
const PULL_BYTES = 4_194_304;
/** Pages of events that the filter does not want that are read in one go; then another call gets its turn. */
const MAX_PAGES = 64;
/** So many events that were only passed over make it worth saving the position. */
const SAVE_AFTER_PASSING = 100_000;
/** A pull that waits looks no more often than this, however many commits there are. */
const LOOK_INTERVAL_MS = 50;

/** Delivers the events of one subscription while the server runs. Calls are served one at a time, in the order they came. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #subscription: SubscriptionRecord;
  readonly #window: DeliveryWindow;
  #savedNext: number;
  #hasUnsaved = false;
  #unsavedMissed = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  constructor(parts: DeliveryParts, subscription: SubscriptionRecord) {
    this.#parts = parts;
    this.#subscription = subscription;
    this.#window = new DeliveryWindow(subscription.position);
    this.#savedNext = subscription.position.next;
  }

  /**
   * Events that are due again, then new ones, at most `maxEvents`. If there are none, waits for some, at most `waitMs` and
   * no longer than `signal` allows.
   *
   * @throws `SUBSCRIPTION_NOT_FOUND` after {@link close}
   */
  async pull(maxEvents: number, waitMs: number, signal: AbortSignal): Promise<Pulled> {
    const { clock } = this.#parts;
    const untilMs = clock.monotonic() + waitMs;
    for (;;) {
      const pulled = await this.#inTurn(() => this.#take(maxEvents));
      if (signal.aborted) {
        this.#window.takeBack(pulled.events.map(({ sequence }) => sequence));
        return { events: [], missedEvents: 0 };
      }
      if (pulled.events.length > 0 || pulled.missedEvents > 0 || clock.monotonic() >= untilMs) return pulled;
      await delay(clock, Math.min(LOOK_INTERVAL_MS, untilMs - clock.monotonic()), signal);
      await this.#untilMore(untilMs, signal);
    }
  }

  /** Resolves when it is on disk that these need not be delivered again. What is not on delivery stays as it is. */
  async acknowledge(sequences: readonly number[]): Promise<void> {
    await this.#inTurn(async () => {
      for (const sequence of sequences) this.#hasUnsaved = this.#window.acknowledge(sequence) || this.#hasUnsaved;
      if (this.#hasUnsaved) await this.#save();
    });
    this.#wake();
  }

  /** The subscription is gone: pulls that wait end. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async #take(maxEvents: number): Promise<Pulled> {
    if (this.#isClosed) {
      const { project, id } = this.#subscription;
      throw eventsError('SUBSCRIPTION_NOT_FOUND', {
        subscription: formatSubscriptionName({ project, subscription: id }),
      });
    }
    this.#miss(this.#window.giveUpBefore(this.#parts.log.firstKept));
    const events: LoggedEvent[] = [];
    await this.#takeDue(maxEvents, events);
    await this.#takeNew(maxEvents, events);
    const missedEvents = this.#unsavedMissed;
    if (missedEvents > 0 || this.#window.next - this.#savedNext >= SAVE_AFTER_PASSING) await this.#save();
    return { events, missedEvents };
  }

  async #takeDue(maxEvents: number, events: LoggedEvent[]): Promise<void> {
    const { log, clock } = this.#parts;
    const due = this.#window.due(clock.monotonic(), maxEvents);
    const last = due.at(-1) ?? 0;
    for (let from = due[0]; from !== undefined && hasRoom(events);) {
      const start = from;
      const page = await log.read(start, Math.min(PAGE_EVENTS, last - start + 1));
      const found = new Map(page.events.map((event) => [event.sequence, event]));
      const end = Math.max(page.next, start + 1);
      for (const sequence of due.filter((each) => each >= start && each < end)) {
        const event = found.get(sequence);
        if (event !== undefined) this.#deliver(event, events);
        else if (this.#window.acknowledge(sequence)) this.#miss(1);
      }
      from = due.find((sequence) => sequence >= end);
    }
  }

  async #takeNew(maxEvents: number, events: LoggedEvent[]): Promise<void> {
    const { log } = this.#parts;
    const { registry, device } = this.#subscription;
    const isNarrow = registry !== undefined || device !== undefined;
    const wantsMore = (): boolean => events.length < maxEvents && hasRoom(events) && this.#hasNew();
    for (let pages = 0; pages < MAX_PAGES && wantsMore(); pages++) {
      const page = await log.read(this.#window.next, isNarrow ? PAGE_EVENTS : maxEvents - events.length);
      for (const event of page.events) {
        if (!wantsMore()) return;
        if (isWanted(this.#subscription, event)) this.#deliver(event, events);
        else this.#window.moveTo(event.sequence + 1);
      }
      this.#window.moveTo(page.next);
    }
  }

  #deliver(event: LoggedEvent, events: LoggedEvent[]): void {
    const deadlineMs = this.#subscription.ackDeadlineSeconds * 1_000;
    this.#window.deliver(event.sequence, this.#parts.clock.monotonic() + deadlineMs);
    events.push(event);
  }

  #hasNew(): boolean {
    return this.#window.room > 0 && this.#window.next <= this.#parts.log.lastCommitted;
  }

  #miss(events: number): void {
    this.#unsavedMissed += events;
    if (events > 0) this.#hasUnsaved = true;
  }

  async #save(): Promise<void> {
    const position = this.#window.position;
    await this.#parts.savePosition(position, this.#unsavedMissed);
    this.#savedNext = position.next;
    this.#unsavedMissed = 0;
    this.#hasUnsaved = false;
  }

  /** Waits for new events, an event that is due again, an acknowledgement that makes room, the end, or `untilMs`. */
  async #untilMore(untilMs: number, signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#parts;
    if (this.#hasNew() || this.#isClosed || signal.aborted) return;
    const wakeMs = Math.min(untilMs, this.#window.nextDueMs) - clock.monotonic();
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        stopListening();
        timer.cancel();
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const stopListening = log.onCommitted(wake);
      const timer = clock.setTimer(Math.max(0, wakeMs), wake);
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastTurn.then(work);
    // A call that fails has told its caller; the next one is served all the same.
    this.#lastTurn = result.catch(() => {});
    return result;
  }
}

function hasRoom(events: readonly LoggedEvent[]): boolean {
  return events.reduce((bytes, { payload }) => bytes + payload.length, 0) < PULL_BYTES;
}
