import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Choose } from '../../runtime/memoryFile.testing.ts';
import { Appender, NOON } from '../appended.testing.ts';
import type { SegmentLog } from './segmentLog.ts';
import { LogBench } from './segmentLog.testing.ts';

/** What a life of the server does until it ends: groups of events, and at which call of the disk it ends how. */
const anyLife = fc.record({
  groups: fc.array(fc.record({ events: fc.integer({ min: 1, max: 4 }), bytes: fc.nat(700), day: fc.nat(1) }), {
    maxLength: 6,
  }),
  endsAtCall: fc.nat(60),
  end: fc.constantFrom('power cut', 'killed'),
  luck: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
});
type Life = typeof anyLife extends fc.Arbitrary<infer T> ? T : never;

/** What must be true of the log across all lives. */
class Ledger {
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

function chooseFrom(luck: readonly number[]): Choose {
  let draw = 0;
  return (count) => (luck[draw++ % luck.length] as number) % count;
}

/** Lives until the disk's call number `endsAtCall`; the disk that the next life finds is the bench's from then on. */
async function live(bench: LogBench, ledger: Ledger, { groups, endsAtCall, end, luck }: Life): Promise<void> {
  const choose = chooseFrom(luck);
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
    await Promise.race([appendGroups(log, ledger, groups), ended.promise]);
  }
  // What was under way comes to its end, or to its first failure.
  for (let turns = 0; turns < 5; turns++) await turn();
  fileSystem.failing = () => undefined;
}

async function appendGroups(log: SegmentLog, ledger: Ledger, groups: Life['groups']): Promise<void> {
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

test('whenever the power is cut or the server killed, what was promised is there and sequences name one event', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 4 }), async (lives) => {
      const bench = new LogBench();
      bench.segmentBytes = 1_500;
      const ledger = new Ledger();
      for (const life of lives) {
        await live(bench, ledger, life);
        const log = await bench.open();
        await ledger.check(log);
        await appendGroups(log, ledger, [{ events: 2, bytes: 20, day: 0 }]);
        await ledger.check(log);
        await log.close();
      }
    }),
    { numRuns: 300 },
  );
});
