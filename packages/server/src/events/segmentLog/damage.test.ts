import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { appendAll, Appender, NOON, payloadsFrom, PUMP } from '../appended.testing.ts';
import { recordBufferOf, roomForRecord, sealRecord, writeRecord } from './eventRecord.ts';
import { HEADER_BYTES } from './segmentHeader.ts';
import type { SegmentLog } from './segmentLog.ts';
import { LogBench } from './segmentLog.testing.ts';

const DAY_MS = 86_400_000;
const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${from + index}`);

/** Two full days and one event of the third: sequences 1 to 20, 21 to 40, and 41. */
async function threeDays(bench: LogBench): Promise<SegmentLog> {
  const log = await bench.open();
  await appendAll(log, numbered(1, 20));
  await appendAll(log, numbered(21, 20), NOON + DAY_MS);
  await appendAll(log, numbered(41, 1), NOON + 2 * DAY_MS);
  return log;
}

test('whatever bytes rot, everything else is read, and the damage is told with file and offset', async () => {
  const anyRot = fc.record({
    day: fc.nat(1),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.integer({ min: 1, max: 400 }),
  });
  await fc.assert(
    fc.asyncProperty(anyRot, fc.infiniteStream(fc.nat(255)), async ({ day, at, bytes }, noise) => {
      const bench = new LogBench();
      const log = await threeDays(bench);
      const segment = log.segments[day];
      assert.ok(segment !== undefined);
      const places = await Promise.all(numbered(1, 41).map((sequence) => log.locate(Number(sequence))));
      const from = 28 + Math.floor((segment.durableBytes - 29) * at);
      const rot = Uint8Array.from(noise.take(Math.min(bytes, segment.durableBytes - from)));
      const before = new Uint8Array(rot.length);
      const file = await bench.fileSystem.open(segment.file, 'write');
      await file.read(before, from);
      await file.write(rot, from);
      const isHit = ({ file: path, offset, length }: { file: string; offset: number; length: number }): boolean =>
        path === segment.file &&
        rot.some((byte, index) => byte !== before[index] && from + index >= offset && from + index < offset + length);
      const expected = numbered(1, 41).filter(
        (_, index) => !isHit(places[index] ?? { file: '', offset: 0, length: 0 }),
      );

      // By the log that knows where records are, and by one that has to find out.
      for (const reader of [log, await bench.open()]) {
        bench.problems.length = 0;
        assert.deepEqual(await payloadsFrom(reader), expected);
        assert.deepEqual(
          await payloadsFrom(reader, 30),
          expected.filter((payload) => Number(payload) >= 30),
        );
        assert.equal(bench.problems.length, expected.length < 41 ? 1 : 0, 'told once');
        for (const { code, context } of bench.problems) {
          assert.equal(code, 'EVENT_LOG_DAMAGED');
          assert.equal(context['file'], segment.file);
          assert.ok(Number(context['offset']) <= from + rot.length);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a segment whose end is missing is told, and the next one is read', async () => {
  const bench = new LogBench();
  const log = await threeDays(bench);
  const { file = '', durableBytes = 0 } = log.segments[0] ?? {};
  const { offset = 0 } = (await log.locate(11)) ?? {};
  await (await bench.fileSystem.open(file, 'write')).truncate(offset);
  assert.deepEqual(await payloadsFrom(log), [...numbered(1, 10), ...numbered(21, 21)]);
  assert.deepEqual(bench.told, ['EVENT_LOG_DAMAGED']);
  const context = bench.problems[0]?.context ?? {};
  assert.deepEqual([context['file'], context['offset'], context['bytes']], [file, offset, durableBytes - offset]);
  assert.deepEqual(
    (await log.read(15, 3)).events.map(({ sequence }) => sequence),
    [21, 22, 23],
  );
});

test('after the last events are lost a reader is led on to the next that comes', async () => {
  const bench = new LogBench();
  const log = await threeDays(bench);
  const { file = '', durableBytes = 0 } = log.segments[2] ?? {};
  await bench.fileSystem.flipBit(file, durableBytes - 1);
  assert.deepEqual(await log.read(41, 10), { events: [], next: 42 });
  await appendAll(log, ['42'], NOON + 2 * DAY_MS);
  assert.deepEqual(await payloadsFrom(log, 41), ['42']);
  assert.deepEqual(bench.told, ['EVENT_LOG_DAMAGED']);
});

test('a record planted in a payload passes for an event only with the salt, which no device knows', async () => {
  const SALT = 0x01010101;
  for (const guess of [0, 1, SALT + 1, SALT]) {
    const planted = recordBufferOf(Buffer.alloc(roomForRecord(PUMP, '', Buffer.from('forged'))));
    writeRecord(planted, 0, PUMP, '', Buffer.from('forged'), NOON);
    sealRecord(planted, 0, 1, guess);
    const bench = new LogBench();
    const log = await bench.open();
    const appender = new Appender();
    appender.append(log, planted.bytes);
    await appender.allTold();
    // The head of the record around it is damaged: the reader looks for the next record, byte by byte.
    await bench.fileSystem.flipBit(log.segments[0]?.file ?? '', HEADER_BYTES);
    assert.deepEqual(await payloadsFrom(log), guess === SALT ? ['forged'] : []);
  }
});
