import { systemClock } from '@mkiot/core/clock/systemClock';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeFileSystem } from '../../runtime/nodeFileSystem.ts';
import { appendAll, NOON, payloadsFrom } from '../appended.testing.ts';
import { testEventLog } from '../eventLog.testing.ts';
import { LogBench } from './segmentLog.testing.ts';

testEventLog('a segment log in memory', async () => {
  const bench = new LogBench();
  return () => bench.open();
});

testEventLog('a segment log on disk', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mkiot-events-'));
  t.after(() => rm(directory, { recursive: true }));
  const bench = new LogBench();
  return () => bench.open({ directory: join(directory, 'events'), fileSystem: nodeFileSystem, clock: systemClock });
});

const DAY_MS = 86_400_000;

test('a new segment begins each UTC day of receipt', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, ['a', 'b'], NOON);
  await appendAll(log, ['c'], NOON + DAY_MS / 2 - 1);
  await appendAll(log, ['d'], NOON + DAY_MS / 2);
  await log.close();
  assert.deepEqual((await bench.fileSystem.list('/data/events')).toSorted(), ['2026-11-22', '2026-11-23']);
  assert.deepEqual(await bench.fileSystem.list('/data/events/2026-11-22'), ['0000000000000001-01010101.events']);
  assert.deepEqual(await bench.fileSystem.list('/data/events/2026-11-23'), ['0000000000000004-02020202.events']);
});

test('a new segment begins when one is full', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  for (const payload of ['a', 'b', 'c']) await appendAll(log, [payload.repeat(5_000)]);
  assert.deepEqual(
    log.segments.map(({ header }) => header.firstSequence),
    [1, 2, 3],
  );
  assert.deepEqual(
    (await payloadsFrom(log)).map((payload) => payload[0]),
    ['a', 'b', 'c'],
  );
  await log.close();
});

test('a clock that jumps back changes neither order nor reading', async () => {
  const bench = new LogBench();
  let log = await bench.open();
  await appendAll(log, ['a'], NOON + DAY_MS);
  await appendAll(log, ['b'], NOON);
  await appendAll(log, ['c'], NOON + DAY_MS);
  assert.deepEqual(await payloadsFrom(log), ['a', 'b', 'c']);
  await log.close();
  log = await bench.open();
  await appendAll(log, ['d'], NOON);
  assert.deepEqual(await payloadsFrom(log), ['a', 'b', 'c', 'd']);
  await log.close();
});

test('a log that is opened again goes on in its last segment', async () => {
  const bench = new LogBench();
  for (const payload of ['a', 'b', 'c']) {
    const log = await bench.open();
    await appendAll(log, [payload]);
    await log.close();
  }
  assert.deepEqual(await bench.fileSystem.list('/data/events/2026-11-22'), ['0000000000000001-01010101.events']);
  assert.deepEqual(bench.told, []);
});

test('the payload of an event lies in the file at the place that is told', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mkiot-events-'));
  t.after(() => rm(directory, { recursive: true }));
  const log = await new LogBench().open({ directory: join(directory, 'events'), fileSystem: nodeFileSystem });
  await appendAll(log, ['first', 'second']);
  const place = await log.locate(2);
  assert.ok(place !== undefined);
  const record = (await readFile(place.file)).subarray(place.offset, place.offset + place.length);
  assert.ok(record.toString('latin1').endsWith('second'));
  await log.close();
});

test('files that are none of the log are left alone', async () => {
  const bench = new LogBench();
  await appendAll(await bench.open(), ['a']);
  const { fileSystem } = bench;
  await fileSystem.makeDirectory('/data/events/lost+found');
  await fileSystem.open('/data/events/2026-11-22/notes.txt', 'create');
  const log = await bench.open();
  assert.deepEqual(await payloadsFrom(log), ['a']);
  assert.equal((await fileSystem.list('/data/events/2026-11-22')).length, 2);
});

test('the oldest segment is removed with its day, and reading goes on behind it', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  for (const day of [0, 1, 2]) await appendAll(log, [`day ${day}`, `day ${day} again`], NOON + day * DAY_MS);
  await log.removeOldestSegment();
  assert.equal(log.firstKept, 3);
  assert.deepEqual((await bench.fileSystem.list('/data/events')).toSorted(), ['2026-11-23', '2026-11-24']);
  assert.deepEqual(await payloadsFrom(log, 3), ['day 1', 'day 1 again', 'day 2', 'day 2 again']);
  assert.equal((await log.read(1, 1)).events[0]?.sequence, 3);
  assert.equal(await log.locate(1), undefined);
  await log.removeOldestSegment();
  await log.removeOldestSegment();
  assert.equal(log.firstKept, 5, 'the segment that is written to stays');
  await log.close();
});

test('a segment that cannot be removed is kept', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  for (const day of [0, 1]) await appendAll(log, [`day ${day}`], NOON + day * DAY_MS);
  bench.fileSystem.failing = ({ operation }) => (operation === 'removeFile' ? { code: 'EIO', share: 0 } : undefined);
  await assert.rejects(log.removeOldestSegment(), { code: 'EIO' });
  assert.equal(log.firstKept, 1);
  assert.deepEqual(await payloadsFrom(log), ['day 0', 'day 1']);
});

test('a segment that goes while it is read is passed over', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  for (const day of [0, 1]) await appendAll(log, [`day ${day}`], NOON + day * DAY_MS);
  let removing: Promise<void> | undefined;
  bench.fileSystem.failing = ({ operation }) => {
    if (operation === 'open') removing ??= log.removeOldestSegment();
    return undefined;
  };
  assert.deepEqual(await payloadsFrom(log), ['day 1']);
  await removing;
});

test('a page ends with what was committed when it was asked for', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  for (const day of [0, 1]) await appendAll(log, [`day ${day}`], NOON + day * DAY_MS);
  const open = bench.fileSystem.open.bind(bench.fileSystem);
  bench.fileSystem.open = async (path, access) => {
    bench.fileSystem.open = open;
    await appendAll(log, ['too late'], NOON + DAY_MS);
    return open(path, access);
  };
  const { events, next } = await log.read(1, 10);
  assert.deepEqual([events.map(({ sequence }) => sequence), next], [[1, 2], 3]);
});

test('a segment that cannot be read is an error that says so', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, ['a']);
  bench.fileSystem.failing = ({ operation }) => (operation === 'read' ? { code: 'EIO', share: 0 } : undefined);
  await assert.rejects(log.read(1, 10), { code: 'EVENT_LOG_READ_FAILED', message: /2026-11-22.*EIO/ });
  bench.fileSystem.failing = () => undefined;
  assert.deepEqual(await payloadsFrom(log), ['a']);
});

test('reading on goes on where it was, not at the start of the segment', async () => {
  const bench = new LogBench();
  bench.segmentBytes = 2 ** 30;
  const log = await bench.open();
  for (let batch = 0; batch < 40; batch++)
    await appendAll(
      log,
      Array.from({ length: 20 }, () => 'x'.repeat(2_000)),
    );
  await log.close();
  const again = await bench.open();
  let bytesRead = 0;
  const open = bench.fileSystem.open.bind(bench.fileSystem);
  bench.fileSystem.open = async (path, access) => {
    const file = await open(path, access);
    const read = file.read.bind(file);
    return Object.assign(file, {
      read: async (target: Uint8Array, position: number) => {
        const count = await read(target, position);
        bytesRead += count;
        return count;
      },
    });
  };
  let pages = 0;
  for (let next = 1; next <= again.lastCommitted; pages++) next = (await again.read(next, 10)).next;
  // A page of 20 KB may read the 64 KiB before it too, in two windows; from the start it would be 800 KB on average.
  assert.equal(pages, 80);
  assert.ok(bytesRead < pages * 3 * 65_536, `${bytesRead} bytes were read`);
});
