import type { EventMessage, MissedEvents } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendAll, Appender, PUMP } from './appended.testing.ts';
import { liveTail, type TailOptions } from './liveTail.ts';
import type { SegmentLog } from './segmentLog/segmentLog.ts';
import { LogBench } from './segmentLog/segmentLog.testing.ts';

/** A follower that takes a chunk when it is told to. */
class Follower {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(bench: LogBench, log: SegmentLog, changed: Partial<TailOptions> = {}) {
    const { signal } = new AbortController();
    const options = { log, clock: bench.clock, filter: { project: PUMP.project }, signal, ...changed };
    this.#reader = liveTail(options).getReader();
  }

  /** The next chunk as text; undefined at the end. */
  async text(): Promise<string | undefined> {
    const { value } = await this.#reader.read();
    return value === undefined ? undefined : Buffer.from(value).toString();
  }

  /** The next chunk's lines: payloads, or how many events were missed. */
  async lines(): Promise<readonly string[]> {
    const lines = ((await this.text()) ?? '').split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const value = JSON.parse(line) as EventMessage | MissedEvents;
      if ('missedEvents' in value) return `missed ${value.missedEvents}`;
      return Buffer.from(value.data, 'base64').toString();
    });
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

async function open(): Promise<{ bench: LogBench; log: SegmentLog }> {
  const bench = new LogBench();
  return { bench, log: await bench.open() };
}

test('a tail follows from now on', async () => {
  const { bench, log } = await open();
  await appendAll(log, ['before']);
  const follower = new Follower(bench, log);
  await appendAll(log, ['a', 'b']);
  assert.deepEqual(await follower.lines(), ['a', 'b']);
  const next = follower.lines();
  await bench.clock.advanceAsync(1_000);
  await appendAll(log, ['c']);
  await bench.clock.advanceAsync(50);
  assert.deepEqual(await next, ['c']);
  await follower.cancel();
});

test('a tail shows only what its filter wants', async () => {
  const { bench, log } = await open();
  const none = new Follower(bench, log, { filter: { project: PUMP.project, device: 'valve-1' } });
  const all = new Follower(bench, log, { filter: { project: PUMP.project, registry: PUMP.registry, device: '4711' } });
  const nothing = none.text();
  await appendAll(log, ['a']);
  assert.deepEqual(await all.lines(), ['a']);
  await bench.clock.advanceAsync(15_050);
  assert.equal(await nothing, '\n');
});

test('a quiet tail sends an empty line now and then', async () => {
  const { bench, log } = await open();
  const follower = new Follower(bench, log);
  for (const _ of [1, 2]) {
    const line = follower.text();
    await bench.clock.advanceAsync(15_000);
    assert.equal(await line, '\n');
  }
  await follower.cancel();
});

test('a follower that does not read for long is told how many it missed, and goes on with what is new', async () => {
  const { bench, log } = await open();
  const follower = new Follower(bench, log);
  for (let batch = 0; batch < 21; batch++)
    await appendAll(
      log,
      Array.from({ length: 500 }, (_, index) => `${index}`),
    );
  assert.deepEqual(await follower.lines(), ['missed 10500']);
  await appendAll(log, ['new']);
  assert.deepEqual(await follower.lines(), ['new']);
  await follower.cancel();
});

test('a follower that is a little behind misses nothing', async () => {
  const { bench, log } = await open();
  const follower = new Follower(bench, log);
  for (let batch = 0; batch < 20; batch++)
    await appendAll(
      log,
      Array.from({ length: 500 }, () => 'x'),
    );
  let lines = 0;
  while (lines < 10_000) lines += (await follower.lines()).length;
  assert.equal(lines, 10_000);
  await follower.cancel();
});

test('nothing is read from the log before the follower has taken what it was sent', async () => {
  const { bench, log } = await open();
  const follower = new Follower(bench, log);
  await appendAll(log, ['a']);
  assert.deepEqual(await follower.lines(), ['a']);
  let opened = 0;
  bench.fileSystem.failing = ({ operation }) => {
    if (operation === 'open') opened++;
    return undefined;
  };
  await appendAll(log, ['b', 'c']);
  await bench.clock.advanceAsync(60_000);
  assert.equal(opened, 0);
  const rest = follower.lines();
  await bench.clock.advanceAsync(50);
  assert.deepEqual(await rest, ['b', 'c']);
  await follower.cancel();
});

test('a follower that stands still slows no device', async () => {
  const { bench, log } = await open();
  const follower = new Follower(bench, log);
  const appender = new Appender();
  for (let event = 0; event < 2_000; event++) {
    appender.append(log, `${event}`);
    if (event % 100 === 0) await appender.allTold();
  }
  await appender.allTold();
  assert.deepEqual([log.lastCommitted, log.saturated, appender.failures], [2_000, false, []]);
  await follower.cancel();
});

test('a tail ends when the caller goes away', async () => {
  const { bench, log } = await open();
  const gone = new AbortController();
  const follower = new Follower(bench, log, { signal: gone.signal });
  const end = follower.text();
  await bench.clock.advanceAsync(10);
  gone.abort();
  assert.equal(await end, '\n');
  assert.equal(await follower.text(), undefined);
  const late = new Follower(bench, log, { signal: gone.signal });
  assert.equal(await late.text(), undefined);
});

test("a tail ends with the caller's rights", async () => {
  const { bench, log } = await open();
  const follower = new Follower(bench, log, { endsAtMs: bench.clock.now() + 20_000 });
  const first = follower.text();
  await bench.clock.advanceAsync(15_000);
  assert.equal(await first, '\n');
  const second = follower.text();
  await bench.clock.advanceAsync(5_000);
  assert.equal(await second, '\n');
  await appendAll(log, ['too late']);
  assert.equal(await follower.text(), undefined);
});
