import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { AppendObserver, EncodedOrigin } from '../eventLog.ts';
import { eventsError } from '../eventsErrors.ts';
import { AppendBatch } from './appendBatch.ts';
import { MAX_RECORD_BYTES, roomForRecord } from './eventRecord.ts';

/** Where batches go. */
export interface CommitTarget {
  /** Resolves when the batch is on disk for good. */
  write(batch: AppendBatch): Promise<void>;
  /** Undoes what a failed write has left. Resolves when the disk can be written to again. */
  repair(): Promise<void>;
  /** A batch is on disk and its observers have been told. */
  committed(): void;
  /** `problem`: why nothing can be written now; undefined: it can be again. */
  healthChanged(problem: unknown): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Who goes on appending to a saturated log is refused at this many times the bytes that saturate it. */
const REFUSE_AT = 4;

/**
 * Collects events while the batch before them is on its way to the disk: at once when nothing is, in ever larger batches
 * under load, and never on purpose later than that.
 */
export class GroupCommit {
  readonly #target: CommitTarget;
  readonly #clock: Clock;
  readonly #saturatingBytes: number;
  #waiting = new AppendBatch();
  #committing = new AppendBatch();
  #running: Promise<void> | undefined;
  #saturated = false;
  readonly #drainedCallbacks: (() => void)[] = [];
  #needsRepair = false;
  #retryMs = FIRST_RETRY_MS;
  readonly #closing = new AbortController();

  /** @param saturatingBytes how much may be in memory before devices should not be read any more */
  constructor(target: CommitTarget, clock: Clock, saturatingBytes: number) {
    this.#target = target;
    this.#clock = clock;
    this.#saturatingBytes = saturatingBytes;
  }

  append(
    origin: EncodedOrigin,
    subfolder: string,
    payload: Uint8Array,
    receivedAtMs: number,
    observer: AppendObserver | undefined,
    tag: number,
  ): void {
    const room = roomForRecord(origin, subfolder, payload);
    if (room > MAX_RECORD_BYTES) throw eventsError('EVENT_TOO_LARGE', { bytes: room, max: MAX_RECORD_BYTES });
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      observer?.failed(tag, refusal);
      return;
    }
    this.#waiting.add(origin, subfolder, payload, receivedAtMs, observer, tag);
    if (this.waitingBytes >= this.#saturatingBytes) this.#saturated = true;
    this.#running ??= this.#run();
  }

  get waitingBytes(): number {
    return this.#waiting.bytes + this.#committing.bytes;
  }

  get saturated(): boolean {
    return this.#saturated;
  }

  onDrained(callback: () => void): void {
    if (this.#saturated) this.#drainedCallbacks.push(callback);
    else callback();
  }

  /** Commits what waits. A problem that stands in the way gets one more try. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  #refusal(): Error | undefined {
    if (this.#closing.signal.aborted) return eventsError('EVENT_LOG_CLOSED');
    const bytes = REFUSE_AT * this.#saturatingBytes;
    return this.waitingBytes < bytes ? undefined : eventsError('EVENT_LOG_OVERLOADED', { bytes });
  }

  async #run(): Promise<void> {
    while (this.#needsRepair || this.#waiting.events > 0) {
      if (this.#needsRepair) await this.#repair();
      else await this.#commit();
      this.#drainIfLow();
    }
    this.#running = undefined;
  }

  async #commit(): Promise<void> {
    // Sockets that are readable in the same turn of the event loop get into the same batch.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const batch = this.#waiting;
    this.#waiting = this.#committing;
    this.#committing = batch;
    const failure = await errorOf(this.#target.write(batch));
    if (failure === undefined) {
      this.#retryMs = FIRST_RETRY_MS;
      batch.tellCommitted();
      this.#target.committed();
    } else {
      this.#needsRepair = true;
      this.#saturated = true;
      this.#target.healthChanged(failure.error);
      batch.tellFailed(failure.error);
      // Who has failed will send again. What it sent meanwhile must not be stored before that: events keep their order.
      this.#waiting.dropThoseOf(batch.observers, failure.error);
    }
    batch.clear();
  }

  /** Waits, longer each time, and tries. What waits goes on waiting: nobody is told of a failure that may pass. */
  async #repair(): Promise<void> {
    await delay(this.#clock, this.#retryMs, this.#closing.signal);
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
    const failure = await errorOf(this.#target.repair());
    if (failure === undefined) {
      this.#needsRepair = false;
      this.#target.healthChanged(undefined);
    } else if (this.#closing.signal.aborted) {
      this.#needsRepair = false;
      this.#waiting.tellFailed(failure.error);
      this.#waiting.clear();
    }
  }

  #drainIfLow(): void {
    if (!this.#saturated || this.#needsRepair || this.waitingBytes > this.#saturatingBytes / 2) return;
    this.#saturated = false;
    for (const callback of this.#drainedCallbacks.splice(0)) callback();
  }
}

/** What the promise rejects with, in an object since it may be anything; `undefined` when it resolves. */
async function errorOf(promise: Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return { error };
  }
}
