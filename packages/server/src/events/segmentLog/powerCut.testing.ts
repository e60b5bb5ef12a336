import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Choose } from '../../runtime/memoryFile.testing.ts';
import { Appender, NOON } from '../appended.testing.ts';
import type { SegmentLog } from './segmentLog.ts';
import type { LogBench } from './segmentLog.testing.ts';

/** Events that are appended together, and of which the next group waits until all of them have been told of. */
export interface EventGroup {
  readonly events: number;
  readonly bytes: number;
  readonly day: number;
}

/** What a life of the server does until it ends: groups of events, and at which call of the disk it ends how. */
export interface Life {
  readonly groups: readonly EventGroup[];
  readonly endsAtCall: number;
  readonly end: 'power cut' | 'killed';
  readonly choose: Choose;
}

/** What must be true of the log across all lives. */
export class Ledger {
  #events = 0;
  readonly #promised = new Set<string>();
  readonly #readAs = new Map<number, string>();

  newPayload(bytes: number): string {
    return `event ${++this.#events} `.padEnd(bytes, '.');
  }

  promise(payload: string): void {
    this.#promised.add(payload);
  }

  async check(log: SegmentLog): Promise<void> {
    const { events } = await log.read(1, 10_000, 2 ** 30);
    const payloads = events.map((event) => Buffer.from(event.payload).toString());
    const numbers = payloads.map((payload) => Number(payload.split(' ')[1]));
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((a, b) => a - b),
      'each once, in the order of appending',
    );
    for (const payload of this.#promised) assert.ok(payloads.includes(payload), `"${payload.trim()}" was promised`);
    assert.equal(events.at(-1)?.sequence ?? 0, log.lastCommitted);
    for (const [index, { sequence }] of events.entries()) {
      const payload = payloads[index] as string;
      assert.equal(this.#readAs.get(sequence) ?? payload, payload, `sequence ${sequence} names one event for ever`);
      this.#readAs.set(sequence, payload);
      // Whoever has read it may have acknowledged it by its sequence.
      this.promise(payload);
    }
  }
}

/**
 * Lives until the disk's call number `endsAtCall`; the disk that the next life finds is the bench's from then on.
 *
 * @returns whether it came to that call, or ended all its work before
 */
export async function live(
  bench: LogBench,
  ledger: Ledger,
  { groups, endsAtCall, end, choose }: Life,
): Promise<boolean> {
  const ended = Promise.withResolvers<void>();
  const { fileSystem } = bench;
  let calls = 0;
  fileSystem.failing = ({ operation }) => {
    if (calls++ < endsAtCall) return undefined;
    if (end === 'power cut' && bench.fileSystem === fileSystem) bench.fileSystem = fileSystem.powerCut(choose);
    ended.resolve();
    if (operation === 'write') return { code: 'EIO', share: choose(5) / 4 };
    throw new Error('The server is no more.');
  };
  const opened = bench.open().catch(() => undefined);
  const log = await Promise.race([opened, ended.promise]);
  if (log !== undefined) {
    await Promise.race([consumeThenAppend(log, ledger, groups), ended.promise]);
  }
  // What was under way comes to its end, or to its first failure.
  for (let turns = 0; turns < 5; turns++) await turn();
  fileSystem.failing = () => undefined;
  return calls > endsAtCall;
}

/** A consumer reads what the log has at its start: from then on it must stay. */
async function consumeThenAppend(log: SegmentLog, ledger: Ledger, groups: readonly EventGroup[]): Promise<void> {
  try {
    await ledger.check(log);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return; // The disk is no more.
  }
  await appendGroups(log, ledger, groups);
}

/** Appends the groups one after the other; what the log confirms is promised. */
export async function appendGroups(log: SegmentLog, ledger: Ledger, groups: readonly EventGroup[]): Promise<void> {
  for (const { events, bytes, day } of groups) {
    const appender = new Appender();
    const payloads = Array.from({ length: events }, () => ledger.newPayload(bytes));
    const committed = appender.committed.bind(appender);
    appender.committed = (tag) => {
      ledger.promise(payloads[tag - 1] as string);
      committed(tag);
    };
    for (const payload of payloads) appender.append(log, payload, NOON + day * 86_400_000);
    await appender.allTold();
  }
}
