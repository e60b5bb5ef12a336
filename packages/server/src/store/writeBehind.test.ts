import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriteBehind } from './writeBehind.ts';

interface Pump {
  level?: number;
  note?: string;
}

type Batch = ReadonlyMap<number, Partial<Pump>>;

const INTERVAL_MS = 1_000;

function pumps(write: (batch: Batch) => Promise<void>) {
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  const onFailed = (error: unknown): void => void failures.push(error);
  return { clock, failures, facts: new WriteBehind<Pump>({ clock, intervalMs: INTERVAL_MS, write, onFailed }) };
}

test('the newest of each fact is written once, when the interval is over', async () => {
  const batches: Batch[] = [];
  const { clock, facts } = pumps(async (batch) => void batches.push(batch));
  facts.note(1, 'level', 5);
  facts.note(1, 'level', 6);
  facts.note(2, 'note', 'dry');
  await clock.advanceAsync(INTERVAL_MS - 1);
  assert.deepEqual(batches, []);
  await clock.advanceAsync(10 * INTERVAL_MS);
  assert.deepEqual(batches, [
    new Map<number, Pump>([
      [1, { level: 6 }],
      [2, { note: 'dry' }],
    ]),
  ]);
  assert.deepEqual(facts.unwritten(1), {});
});

test('a fact noted while its key is being written waits for the next batch, and no other does', async () => {
  const batches: Batch[] = [];
  const { facts } = pumps(async (batch) => {
    batches.push(batch);
    if (batches.length === 1) facts.note(1, 'level', 7);
  });
  facts.note(1, 'level', 6);
  facts.note(1, 'note', 'dry');
  await facts.flush();
  assert.deepEqual(facts.unwritten(1), { level: 7 });
  await facts.close();
  assert.deepEqual(batches[1], new Map([[1, { level: 7 }]]));
});

test('what could not be written is told, kept, and written at the next try', async () => {
  const batches: Batch[] = [];
  let isFull = true;
  const { clock, failures, facts } = pumps(async (batch) => {
    if (isFull) throw new Error('the disk is full');
    batches.push(batch);
  });
  facts.note(1, 'level', 5);
  await clock.advanceAsync(INTERVAL_MS);
  assert.equal(failures.length, 1);
  facts.note(2, 'level', 1);
  isFull = false;
  await clock.advanceAsync(INTERVAL_MS);
  assert.deepEqual([...(batches[0]?.keys() ?? [])], [1, 2]);
  assert.equal(failures.length, 1);
});

test('a reader misses nothing that is written while it reads', async () => {
  const stored = new Map<number, Pump>();
  const { facts } = pumps(async (batch) => {
    for (const [key, pump] of batch) stored.set(key, { ...stored.get(key), ...pump });
  });
  facts.note(1, 'level', 5);
  const read = await facts.readThrough(
    [1, 2],
    async () => {
      const found = new Map(stored);
      await facts.flush();
      facts.note(1, 'note', 'dry');
      return found;
    },
    (earlier, later) => ({ ...earlier, ...later }),
  );
  assert.deepEqual(
    [...read],
    [
      [1, { level: 5, note: 'dry' }],
      [2, {}],
    ],
  );
});
