import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendAll, NOON, payloadsFrom } from './appended.testing.ts';
import { Retention, type RetentionOptions } from './retention.ts';
import type { SegmentLog } from './segmentLog/segmentLog.ts';
import { LogBench } from './segmentLog/segmentLog.testing.ts';

const DAY_MS = 86_400_000;

interface RetentionBench extends LogBench {
  readonly log: SegmentLog;
  /** Runs retention once, now. */
  readonly retain: (changed: Partial<RetentionOptions>) => Promise<void>;
}

/** A log with one event of 1 kB on each of five days, the last of which is today. */
async function fiveDays(): Promise<RetentionBench> {
  const bench = new LogBench();
  const log = await bench.open();
  for (let day = 0; day < 5; day++) await appendAll(log, [`${day}`.padEnd(1_000)], NOON + day * DAY_MS);
  bench.clock.advance(4 * DAY_MS);
  const retain = async (changed: Partial<RetentionOptions>): Promise<void> => {
    const retention = new Retention({ ...nothingGoes(bench, log), ...changed });
    retention.start();
    await retention.stop();
  };
  return Object.assign(bench, { log, retain });
}

function nothingGoes(bench: LogBench, log: SegmentLog): RetentionOptions {
  const { clock, reports } = bench;
  return { log, clock, reports, maxAgeMs: Infinity, maxBytes: Infinity, holdFloor: async () => Infinity };
}

async function days(log: SegmentLog): Promise<number[]> {
  return (await payloadsFrom(log)).map(Number);
}

test('a day goes when its last moment is too old, not before', async () => {
  const { log, clock, retain } = await fiveDays();
  await retain({ maxAgeMs: 3 * DAY_MS });
  assert.deepEqual(await days(log), [1, 2, 3, 4]);
  clock.advance(DAY_MS / 2 - 1);
  await retain({ maxAgeMs: 3 * DAY_MS });
  assert.deepEqual(await days(log), [1, 2, 3, 4]);
  clock.advance(1);
  await retain({ maxAgeMs: 3 * DAY_MS });
  assert.deepEqual(await days(log), [2, 3, 4]);
  assert.equal(log.firstKept, 3);
});

test('the oldest go while the log is too large', async () => {
  const { log, retain } = await fiveDays();
  const bytes = log.segments[0]?.durableBytes ?? 0;
  await retain({ maxBytes: 5 * bytes });
  assert.deepEqual(await days(log), [0, 1, 2, 3, 4]);
  await retain({ maxBytes: 5 * bytes - 1 });
  assert.deepEqual(await days(log), [1, 2, 3, 4]);
  await retain({ maxBytes: 2 * bytes });
  assert.deepEqual(await days(log), [3, 4]);
});

test('the segment that is written to never goes', async () => {
  const { log, retain } = await fiveDays();
  await retain({ maxAgeMs: 0, maxBytes: 0 });
  assert.deepEqual(await days(log), [4]);
});

test('what is held stays, however old and much', async () => {
  const { log, retain } = await fiveDays();
  await retain({ maxAgeMs: 0, maxBytes: 0, holdFloor: async () => 3 });
  assert.deepEqual(await days(log), [2, 3, 4]);
});

test('a day that the clock calls old does not drag those before it along', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, ['0'], NOON);
  await appendAll(log, ['1'], NOON - 1_000 * DAY_MS);
  await appendAll(log, ['2'], NOON);
  const retention = new Retention({ ...nothingGoes(bench, log), maxAgeMs: 10 * DAY_MS });
  retention.start();
  await retention.stop();
  assert.deepEqual(await days(log), [0, 1, 2]);
});

test('it runs by itself every minute until it is stopped', async () => {
  const bench = await fiveDays();
  const { log, clock } = bench;
  const retention = new Retention({ ...nothingGoes(bench, log), maxAgeMs: 3 * DAY_MS });
  retention.start();
  await clock.advanceAsync(DAY_MS / 2 + 60_000);
  assert.deepEqual(await days(log), [2, 3, 4]);
  await retention.stop();
  await clock.advanceAsync(DAY_MS);
  assert.deepEqual(await days(log), [2, 3, 4]);
});

test('a segment that cannot be removed is told and tried again', async () => {
  const bench = await fiveDays();
  const { log, clock, fileSystem, problems } = bench;
  fileSystem.failing = ({ operation }) => (operation === 'removeFile' ? { code: 'EIO', share: 0 } : undefined);
  const retention = new Retention({ ...nothingGoes(bench, log), maxAgeMs: 3 * DAY_MS });
  retention.start();
  await clock.advanceAsync(0);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['EVENT_RETENTION_FAILED'],
  );
  assert.deepEqual(await days(log), [0, 1, 2, 3, 4]);
  fileSystem.failing = () => undefined;
  await clock.advanceAsync(60_000);
  assert.deepEqual(await days(log), [1, 2, 3, 4]);
  await retention.stop();
});
