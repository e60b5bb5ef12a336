import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendAll, NOON } from './appended.testing.ts';
import { LogBench } from './segmentLog/segmentLog.testing.ts';
import { StartCheck } from './startCheck.ts';

const DAY_MS = 86_400_000;

/** A log of three days, opened anew by a process that has read nothing yet. */
async function reopened(damage: (bench: LogBench, files: readonly string[]) => Promise<void>) {
  const bench = new LogBench();
  const log = await bench.open();
  for (let day = 0; day < 3; day++) await appendAll(log, ['a', 'b', 'c'], NOON + day * DAY_MS);
  const files = log.segments.map(({ file }) => file);
  await log.close();
  await damage(bench, files);
  const again = await bench.open();
  return { bench, files, check: new StartCheck({ log: again, clock: bench.clock, reports: bench.reports }) };
}

test('damage in any segment is told after the start with file and offset, though nobody reads it', async () => {
  for (const hit of [0, 1]) {
    const { bench, files, check } = await reopened((bench, files) => bench.fileSystem.flipBit(files[hit] ?? '', 100));
    assert.deepEqual(bench.told, [], 'the start itself looks at the last segment only');
    check.start();
    await bench.clock.advanceAsync(1_000);
    await check.done();
    assert.deepEqual(bench.told, ['EVENT_LOG_DAMAGED']);
    assert.equal(bench.problems[0]?.context['file'], files[hit]);
    assert.ok(Number(bench.problems[0]?.context['offset']) <= 100);
  }
});

test('a sound log has nothing to tell', async () => {
  const { bench, check } = await reopened(async () => undefined);
  check.start();
  await bench.clock.advanceAsync(1_000);
  await check.done();
  assert.deepEqual(bench.told, []);
});

test('events that are missing at the end of a segment, or with all of it, are told', async () => {
  const cut = await reopened(async ({ fileSystem }, files) => {
    const file = await fileSystem.open(files[1] ?? '', 'write');
    // A header and two records of one size: the third is gone without a trace.
    await file.truncate(28 + (2 * ((await file.size()) - 28)) / 3);
  });
  cut.check.start();
  await cut.bench.clock.advanceAsync(1_000);
  assert.deepEqual(cut.bench.told, ['EVENT_LOG_MISSING']);
  assert.deepEqual([cut.bench.problems[0]?.context['first'], cut.bench.problems[0]?.context['last']], [6, 6]);

  const gone = await reopened(({ fileSystem }, files) => fileSystem.removeFile(files[1] ?? ''));
  gone.check.start();
  await gone.bench.clock.advanceAsync(1_000);
  assert.deepEqual(gone.bench.told, ['EVENT_LOG_MISSING']);
  const { first, last, file } = gone.bench.problems[0]?.context ?? {};
  assert.deepEqual([first, last, file], [4, 6, gone.files[0]]);
});

test('a segment that cannot be read is told', async () => {
  const { bench, files, check } = await reopened(async () => undefined);
  bench.fileSystem.failing = ({ operation, path }) =>
    operation === 'read' && path === files[1] ? { code: 'EIO', share: 0 } : undefined;
  check.start();
  await bench.clock.advanceAsync(1_000);
  await check.done();
  assert.deepEqual(bench.told, ['EVENT_LOG_READ_FAILED']);
});

test('it ends when it is stopped', async () => {
  const { check } = await reopened(async () => undefined);
  check.start();
  await check.stop();
});
