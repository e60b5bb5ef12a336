import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { MemoryFileSystem } from '../../runtime/memoryFileSystem.testing.ts';
import { appendAll, NOON, payloadsFrom } from '../appended.testing.ts';
import type { SegmentLog } from './segmentLog.ts';
import { LogBench } from './segmentLog.testing.ts';

const SEGMENT = '/data/events/2026-11-22/0000000000000001-01010101.events';
const PAYLOADS = ['first', 'second', 'third'];

/** A log on whose disk lie three events in one segment, and where their records end. */
async function closedLog(): Promise<{ readonly bench: LogBench; readonly ends: readonly number[] }> {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, PAYLOADS);
  const places = await Promise.all([1, 2, 3].map((sequence) => log.locate(sequence)));
  await log.close();
  return { bench, ends: places.map((place) => (place?.offset ?? 0) + (place?.length ?? 0)) };
}

async function change(fileSystem: MemoryFileSystem, bytes: Uint8Array, offset: number, length?: number): Promise<void> {
  const file = await fileSystem.open(SEGMENT, 'write');
  await file.write(bytes, offset);
  if (length !== undefined) await file.truncate(length);
}

async function sizeOf(fileSystem: MemoryFileSystem): Promise<number> {
  return (await fileSystem.open(SEGMENT, 'read')).size();
}

async function check(log: SegmentLog, payloads: readonly string[]): Promise<void> {
  assert.deepEqual(await payloadsFrom(log), payloads);
  await appendAll(log, ['new']);
  assert.deepEqual(await payloadsFrom(log), [...payloads, 'new']);
  await log.close();
}

test('a tail that is torn at any byte is cut off and told, and all before it is kept', async () => {
  const { bench, ends } = await closedLog();
  const [, secondEnd = 0, thirdEnd = 0] = ends;
  for (let length = secondEnd + 1; length < thirdEnd; length++) {
    const { bench: torn } = await closedLog();
    await change(torn.fileSystem, new Uint8Array(), 0, length);
    const log = await torn.open();
    assert.deepEqual(torn.told, ['EVENT_LOG_TORN_TAIL']);
    const { file, offset, bytes } = torn.problems[0]?.context ?? {};
    assert.deepEqual([file, offset, bytes], [SEGMENT, secondEnd, length - secondEnd]);
    assert.equal(await sizeOf(torn.fileSystem), secondEnd);
    assert.equal(log.lastCommitted, 2);
    await check(log, ['first', 'second']);
  }
  assert.deepEqual(bench.told, []);
});

test('garbage behind the last record is cut off', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (garbage) => {
      const { bench, ends } = await closedLog();
      await change(bench.fileSystem, garbage, ends[2] ?? 0);
      const log = await bench.open();
      assert.deepEqual(bench.told, ['EVENT_LOG_TORN_TAIL']);
      await check(log, PAYLOADS);
    }),
    { numRuns: 50 },
  );
});

test('a power cut can leave a new segment of any length with nothing in it: its sequence is not lost', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, PAYLOADS);
  await appendAll(log, ['fourth'], NOON + 86_400_000);
  await log.removeOldestSegment();
  const path = log.segments[0]?.file ?? '';
  await log.close();
  const size = log.segments[0]?.durableBytes ?? 0;
  for (let length = size - 1; length >= 0; length--) {
    await (await bench.fileSystem.open(path, 'write')).truncate(length);
    const again = await bench.open();
    assert.equal(again.lastCommitted, 3, `length ${length}`);
    assert.equal(again.firstKept, 4);
    await again.close();
  }
  const again = await bench.open();
  await appendAll(again, ['fourth again'], NOON + 86_400_000);
  assert.equal(again.lastCommitted, 4);
  assert.deepEqual(await payloadsFrom(again, 4), ['fourth again']);
});

test('a record that is damaged in the middle of the last segment is told, and all others are read', async () => {
  const { ends } = await closedLog();
  const [firstEnd = 0, secondEnd = 0] = ends;
  for (let offset = firstEnd; offset < secondEnd; offset++) {
    const { bench } = await closedLog();
    await bench.fileSystem.flipBit(SEGMENT, offset, offset % 8);
    const log = await bench.open();
    assert.deepEqual(bench.told, ['EVENT_LOG_DAMAGED'], `offset ${offset}`);
    const context = bench.problems[0]?.context ?? {};
    assert.deepEqual([context['file'], context['offset'], context['bytes']], [SEGMENT, firstEnd, secondEnd - firstEnd]);
    assert.equal(log.lastCommitted, 3);
    assert.equal(await log.locate(2), undefined);
    await check(log, ['first', 'third']);
    assert.equal(bench.told.length, 1, 'it is told once');
  }
});

test('a damaged header is told and costs nothing', async () => {
  for (let offset = 0; offset < 28; offset++) {
    const { bench } = await closedLog();
    await bench.fileSystem.flipBit(SEGMENT, offset);
    const log = await bench.open();
    assert.deepEqual(bench.told, ['EVENT_LOG_DAMAGED'], `offset ${offset}`);
    assert.equal(bench.problems[0]?.context['offset'], 0);
    await check(log, PAYLOADS);
  }
});

test('of two segments that begin at one sequence the one with records counts', async () => {
  for (const day of ['2026-11-21', '2026-11-22', '2026-11-23']) {
    const { bench } = await closedLog();
    await bench.fileSystem.makeDirectory(`/data/events/${day}`);
    // What is left of an attempt to begin the segment.
    const left = `/data/events/${day}/0000000000000001-99999999.events`;
    await (await bench.fileSystem.open(left, 'create')).write(new Uint8Array(28), 0);
    const log = await bench.open();
    await check(log, PAYLOADS);
    assert.ok(!(await bench.fileSystem.list(`/data/events/${day}`)).includes('0000000000000001-99999999.events'));
  }
});

test('a log of a later version is refused and left as it is', async () => {
  const { bench } = await closedLog();
  const header = new Uint8Array(28);
  await (await bench.fileSystem.open(SEGMENT, 'read')).read(header, 0);
  const view = new DataView(header.buffer);
  view.setUint32(8, 9, true);
  view.setUint32(24, crc32(header.subarray(0, 24)), true);
  await change(bench.fileSystem, header, 0);
  const size = await sizeOf(bench.fileSystem);
  await assert.rejects(bench.open(), { code: 'EVENT_LOG_NEWER', message: /format 9.*knows 1/ });
  assert.equal(await sizeOf(bench.fileSystem), size);
});

test('a record of one segment does not count in another', async () => {
  const { bench, ends } = await closedLog();
  const record = new Uint8Array((ends[2] ?? 0) - (ends[1] ?? 0));
  await (await bench.fileSystem.open(SEGMENT, 'read')).read(record, ends[1] ?? 0);
  const other = new LogBench();
  // The same sequence and bytes, in a segment with another salt.
  const log = await other.open({ random: (bytes) => bytes.fill(77) });
  await appendAll(log, ['first', 'second']);
  const { file: path = '', durableBytes = 0 } = log.segments[0] ?? {};
  await log.close();
  await (await other.fileSystem.open(path, 'write')).write(record, durableBytes);
  const again = await other.open();
  assert.equal(again.lastCommitted, 2);
  assert.deepEqual(other.told, ['EVENT_LOG_TORN_TAIL']);
});
