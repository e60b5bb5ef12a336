import fc from 'fast-check';
import { test } from 'node:test';
import type { Choose } from '../../runtime/memoryFile.testing.ts';
import { EveryChoice } from './everyChoice.testing.ts';
import { appendGroups, type EventGroup, Ledger, live } from './powerCut.testing.ts';
import { LogBench } from './segmentLog.testing.ts';

const anyLife = fc.record({
  groups: fc.array(fc.record({ events: fc.integer({ min: 1, max: 4 }), bytes: fc.nat(700), day: fc.nat(1) }), {
    maxLength: 6,
  }),
  endsAtCall: fc.nat(60),
  end: fc.constantFrom('power cut', 'killed'),
  luck: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
});

function chooseFrom(luck: readonly number[]): Choose {
  let draw = 0;
  return (count) => (luck[draw++ % luck.length] as number) % count;
}

test('whenever the power is cut or the server killed, what was promised is there and sequences name one event', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 4 }), async (lives) => {
      const bench = new LogBench();
      bench.segmentBytes = 1_500;
      const ledger = new Ledger();
      for (const life of lives) {
        await live(bench, ledger, { ...life, choose: chooseFrom(life.luck) });
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

/** A first event, one more in the same segment, and one of the next day, for which a folder and a file are made. */
const SMALL_LIFE: readonly EventGroup[] = [
  { events: 1, bytes: 20, day: 0 },
  { events: 2, bytes: 20, day: 0 },
  { events: 1, bytes: 20, day: 1 },
];

const TWO_DAYS: readonly EventGroup[] = SMALL_LIFE.slice(1);
const ONE_EVENT: readonly EventGroup[] = SMALL_LIFE.slice(0, 1);

/** Cuts the power at every call of the disk, with every outcome, in a life with these groups that follows `before`. */
async function cutEverywhere(
  groups: readonly EventGroup[],
  shares: readonly number[],
  before: (bench: LogBench, ledger: Ledger) => Promise<void>,
): Promise<number> {
  let outcomes = 0;
  for (let calls = 0, isCut = true; isCut; calls++) {
    const choices = new EveryChoice(shares);
    do {
      const bench = new LogBench();
      const ledger = new Ledger();
      await before(bench, ledger);
      const life = { groups, endsAtCall: calls, end: 'power cut', choose: choices.choose } as const;
      isCut = await live(bench, ledger, life);
      const log = await bench.open();
      await ledger.check(log);
      await appendGroups(log, ledger, [{ events: 1, bytes: 20, day: 1 }]);
      await ledger.check(log);
      await log.close();
      outcomes++;
    } while (choices.next());
  }
  return outcomes;
}

test('at every call of the disk, every outcome of a power cut: each unsynced write dropped, torn or out of order', async (t) => {
  const outcomes = await cutEverywhere(SMALL_LIFE, [0, 0.5, 1], async () => undefined);
  t.diagnostic(`${outcomes} outcomes`);
});

test('after a kill at every call of the disk, every outcome of a power cut at every call of the next start', async (t) => {
  let outcomes = 0;
  let last = { isKilled: true };
  for (let endsAtCall = 0; last.isKilled; endsAtCall++) {
    outcomes += await cutEverywhere(ONE_EVENT, [0.5], async (bench, ledger) => {
      // A write that the kill has cut short leaves the first half of its bytes.
      const life = { groups: TWO_DAYS, endsAtCall, end: 'killed', choose: () => 2 } as const;
      last = { isKilled: await live(bench, ledger, life) };
    });
  }
  t.diagnostic(`${outcomes} outcomes`);
});
