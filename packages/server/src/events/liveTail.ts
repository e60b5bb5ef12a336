import type { EventMessage, MissedEvents } from '@mkiot/core/api/resources';
import { type Clock, delay } from '@mkiot/core/clock/clock';
import { type EventFilter, isWanted } from './eventFilter.ts';
import type { EventLog } from './eventLog.ts';
import { eventMessage } from './eventMessage.ts';

export interface TailOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly filter: EventFilter;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Wall clock at which the tail ends by itself, milliseconds since 1970; undefined: never. */
  readonly endsAtMs?: number | undefined;
}

const PAGE_EVENTS = 500;
const PAGE_BYTES = 262_144;
/** A follower that is further behind has lost touch with what is live. */
const MAX_BEHIND = 10_000;
/** Whoever is up to date looks no more often than this: under load many events go out in one piece. */
const LOOK_INTERVAL_MS = 50;
/** With nothing to tell, an empty line shows both sides, and all proxies between, that the connection lives. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Events from now on, as lines of JSON. The follower sets the pace: nothing is read before it has taken what was sent, so
 * it takes up no memory and slows nobody. One that falls far behind is told how many events it missed, in their place.
 */
export function liveTail(options: TailOptions): ReadableStream<Uint8Array> {
  const cancelled = new AbortController();
  const signal = AbortSignal.any([options.signal, cancelled.signal]);
  const lines = tailLines({ ...options, signal }, options.log.lastCommitted + 1);
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await lines.next();
        if (done === true) controller.close();
        else controller.enqueue(Buffer.from(value));
      },
      cancel: () => cancelled.abort(),
    },
    { highWaterMark: 0 },
  );
}

async function* tailLines(options: TailOptions, from: number): AsyncGenerator<string, void, undefined> {
  const { log, clock, filter, signal, endsAtMs = Infinity } = options;
  let next = from;
  while (!signal.aborted && clock.now() < endsAtMs) {
    const behind = log.lastCommitted + 1 - next;
    if (behind === 0) {
      const waitMs = Math.min(KEEP_ALIVE_MS, endsAtMs - clock.now());
      await untilCommit(log, clock, waitMs, signal);
      if (log.lastCommitted < next) yield '\n';
    } else if (behind > MAX_BEHIND) {
      next += behind;
      yield lineOf({ missedEvents: String(behind) });
    } else {
      const page = await log.read(next, PAGE_EVENTS, PAGE_BYTES);
      next = page.next;
      const messages = page.events.filter((event) => isWanted(filter, event)).map(eventMessage);
      if (messages.length > 0) yield messages.map(lineOf).join('');
      if (next > log.lastCommitted) await delay(clock, LOOK_INTERVAL_MS, signal);
    }
  }
}

/** Resolves at the next commit, after `waitMs`, or when `signal` is aborted. */
async function untilCommit(log: EventLog, clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
  const committed = new AbortController();
  const stopListening = log.onCommitted(() => committed.abort());
  await delay(clock, waitMs, AbortSignal.any([signal, committed.signal]));
  stopListening();
}

function lineOf(value: EventMessage | MissedEvents): string {
  return `${JSON.stringify(value)}\n`;
}
