import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendAll, Appender, NOON, payloadsFrom } from './appended.testing.ts';
import { ADMIN, BILLING, EventsBench, EVERYTHING } from './events.testing.ts';
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

function nothingGoes(bench: Pick<LogBench, 'clock' | 'reports'>, log: SegmentLog): RetentionOptions {
  const { clock, reports } = bench;
  return { log, clock, reports, maxAgeMs: Infinity, maxBytes: Infinity, oldestHold: async () => undefined };
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

const heldFrom = (from: number) => async () => ({ subscription: 'projects/p/subscriptions/billing', from });

test('what is held stays, however old and much', async () => {
  for (const from of [1, 2, 3, 4, 5, 6]) {
    const { log, retain } = await fiveDays();
    await retain({ maxAgeMs: 0, maxBytes: 0, oldestHold: heldFrom(from) });
    assert.deepEqual(await days(log), [0, 1, 2, 3, 4].slice(Math.min(from, 5) - 1), `held from ${from}`);
  }
});

test('a hold that makes the log too large is told once with its size, and when it is over', async () => {
  const bench = await fiveDays();
  const { log, clock } = bench;
  const bytes = log.segments[0]?.durableBytes ?? 0;
  let hold = heldFrom(2);
  const retention = new Retention({ ...nothingGoes(bench, log), maxBytes: 3 * bytes, oldestHold: () => hold() });
  retention.start();
  await clock.advanceAsync(120_000);
  assert.deepEqual(await days(log), [1, 2, 3, 4]);
  assert.equal(retention.heldBytes, bytes);
  assert.deepEqual(bench.told, ['EVENT_HOLD_EXCEEDS_SIZE']);
  assert.equal(retention.problem?.code, 'EVENT_HOLD_EXCEEDS_SIZE');
  assert.match(retention.problem?.message ?? '', /billing holds \d+ bytes/);
  hold = heldFrom(3);
  await clock.advanceAsync(60_000);
  assert.deepEqual(await days(log), [2, 3, 4]);
  assert.deepEqual([retention.heldBytes, retention.problem], [0, undefined]);
  assert.deepEqual(bench.told, ['EVENT_HOLD_EXCEEDS_SIZE', 'recovered']);
  await retention.stop();
});

test('a hold on old events that does not make the log too large is no problem', async () => {
  const bench = await fiveDays();
  const retention = new Retention({ ...nothingGoes(bench, bench.log), maxAgeMs: 0, oldestHold: heldFrom(2) });
  retention.start();
  await retention.stop();
  assert.deepEqual(await days(bench.log), [1, 2, 3, 4]);
  assert.ok(retention.heldBytes > 0);
  assert.deepEqual(bench.told, []);
});

test('a hold that keeps a full disk full is told, and only then', async () => {
  for (const [oldestHold, told] of [
    [heldFrom(1), ['EVENT_LOG_WRITE_FAILED', 'EVENT_HOLD_FILLS_DISK']],
    [heldFrom(5), ['EVENT_LOG_WRITE_FAILED']],
  ] as const) {
    const bench = await fiveDays();
    bench.fileSystem.failing = ({ operation }) => (operation === 'write' ? { code: 'ENOSPC', share: 0 } : undefined);
    const appender = new Appender();
    appender.append(bench.log, 'no room');
    await appender.allTold();
    const retention = new Retention({ ...nothingGoes(bench, bench.log), maxAgeMs: 0, oldestHold });
    retention.start();
    await retention.stop();
    assert.deepEqual(bench.told, told);
  }
});

test('what a subscription with a hold still needs is never removed; one without has missed it', async () => {
  await using bench = await EventsBench.open();
  const { logBench, clock, subscriptions, log } = bench;
  logBench.segmentBytes = 1;
  const LOGS = { ...BILLING, subscription: 'logs' };
  await subscriptions.create(BILLING, { ...EVERYTHING, hold: true }, ADMIN);
  await subscriptions.create(LOGS, EVERYTHING, ADMIN);
  for (let day = 0; day < 5; day++) await appendAll(log, [`${day}`], NOON + day * DAY_MS);
  clock.advance(4 * DAY_MS);
  const retain = async (): Promise<void> => {
    const oldestHold = () => bench.subscriptions.oldestHold();
    const retention = new Retention({ ...nothingGoes(logBench, bench.log), maxAgeMs: 0, oldestHold });
    retention.start();
    await retention.stop();
  };
  await retain();
  assert.deepEqual(await days(bench.log), [0, 1, 2, 3, 4]);
  const pulled = await bench.pull(3);
  await retain();
  assert.deepEqual(await days(bench.log), [0, 1, 2, 3, 4], 'delivered is not acknowledged');
  // Event 0 stays unacknowledged: what comes behind it stays with it.
  await subscriptions.acknowledge(BILLING, [pulled.get('1') ?? '', pulled.get('2') ?? '']);
  await retain();
  assert.deepEqual(await days(bench.log), [0, 1, 2, 3, 4]);
  await subscriptions.acknowledge(BILLING, [pulled.get('0') ?? '']);
  await bench.restart();
  await retain();
  assert.deepEqual(await days(bench.log), [3, 4]);
  assert.deepEqual([...(await bench.pull()).keys()], ['3', '4']);
  const missed = await bench.subscriptions.pull(LOGS, 10, 0, new AbortController().signal);
  assert.equal(missed.missedEvents, 3);
  await bench.subscriptions.delete(BILLING, ADMIN);
  await retain();
  assert.deepEqual(await days(bench.log), [4]);
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
