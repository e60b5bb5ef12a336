import assert from 'node:assert/strict';
import type { AppendObserver, EncodedOrigin, EventLog } from './eventLog.ts';
import { encodeOrigin } from './segmentLog/originCodec.ts';

export const PUMP: EncodedOrigin = encodeOrigin({
  project: 'mkiot-test',
  location: 'local',
  registry: 'default',
  deviceId: 'pump-1',
  deviceNumId: 4711,
});

export const NOON = Date.UTC(2026, 10, 22, 12);

/** Notes what it is told, and lets a test wait for it. */
export class Appender implements AppendObserver {
  /** Tags in the order they were told. */
  readonly committedTags: number[] = [];
  readonly failures: { readonly tag: number; readonly error: unknown }[] = [];
  #appended = 0;
  #whenAllTold = Promise.withResolvers<void>();

  committed(tag: number): void {
    this.committedTags.push(tag);
    this.#told();
  }

  failed(tag: number, error: unknown): void {
    this.failures.push({ tag, error });
    this.#told();
  }

  /** Appends an event of the pump and returns its tag: 1, 2, 3… */
  append(log: EventLog, payload: string | Uint8Array, receivedAtMs = NOON): number {
    const tag = ++this.#appended;
    log.append(PUMP, '', typeof payload === 'string' ? Buffer.from(payload) : payload, receivedAtMs, this, tag);
    return tag;
  }

  /** Resolves when every event appended so far has been told of. */
  async allTold(): Promise<void> {
    while (this.committedTags.length + this.failures.length < this.#appended) await this.#whenAllTold.promise;
  }

  #told(): void {
    this.#whenAllTold.resolve();
    this.#whenAllTold = Promise.withResolvers();
  }
}

/** Appends events of the pump and waits until they are on disk. */
export async function appendAll(log: EventLog, payloads: readonly string[], receivedAtMs = NOON): Promise<void> {
  const appender = new Appender();
  for (const payload of payloads) appender.append(log, payload, receivedAtMs);
  await appender.allTold();
  assert.deepEqual(appender.failures, []);
}

/** The payloads of all events from `sequence` on, as texts. */
export async function payloadsFrom(log: EventLog, sequence = 1): Promise<string[]> {
  const payloads: string[] = [];
  for (let next = sequence; next <= log.lastCommitted;) {
    const page = await log.read(next, 100);
    assert.ok(page.next > next, 'a page leads on');
    payloads.push(...page.events.map((event) => Buffer.from(event.payload).toString()));
    next = page.next;
  }
  return payloads;
}
