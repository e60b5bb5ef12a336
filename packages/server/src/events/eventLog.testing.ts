import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test, type TestContext } from 'node:test';
import { appendAll, Appender, NOON, payloadsFrom, PUMP } from './appended.testing.ts';
import type { EventLog } from './eventLog.ts';
import { encodeOrigin } from './segmentLog/originCodec.ts';

/** Opens the log of one place, again and again; never twice at a time. It is saturated at {@link SATURATING_BYTES}. */
export type OpenLog = () => Promise<EventLog>;

export const SATURATING_BYTES = 65_536;

const anyText = fc.string({ unit: 'grapheme', maxLength: 20 });
const anyEvent = fc.record({
  project: anyText,
  location: anyText,
  registry: anyText,
  deviceId: anyText,
  deviceNumId: fc.maxSafeNat(),
  subfolder: anyText,
  receivedAtMs: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }).map(Number),
  payload: fc.uint8Array({ maxLength: 200 }),
});

/**
 * What every event log must do. One suite for all implementations.
 *
 * @param newPlace makes an empty place and cleans up after the test
 */
export function testEventLog(name: string, newPlace: (t: TestContext) => Promise<OpenLog>): void {
  const contract = (title: string, body: (open: OpenLog) => Promise<void>): void => {
    test(`${name}: ${title}`, async (t) => body(await newPlace(t)));
  };

  contract('an empty log has no events', async (open) => {
    const log = await open();
    assert.equal(log.lastCommitted, 0);
    assert.equal(log.firstKept, 1);
    assert.deepEqual(await log.read(1, 10), { events: [], next: 1 });
    assert.equal(await log.locate(1), undefined);
    assert.equal(log.problem, undefined);
    await log.close();
  });

  contract('events come back whole and in order, also after the log was opened again', async (open) => {
    let log = await open();
    let first = log.lastCommitted + 1;
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), fc.boolean(), async (events, reopens) => {
        const appender = new Appender();
        for (const { subfolder, payload, receivedAtMs, ...origin } of events) {
          log.append(encodeOrigin(origin), subfolder, payload, receivedAtMs, undefined, 0);
        }
        appender.append(log, 'last');
        await appender.allTold();
        if (reopens) {
          await log.close();
          log = await open();
        }
        const expected = events.map((event, index) => ({ ...event, sequence: first + index }));
        assert.deepEqual((await log.read(first, events.length)).events, expected);
        first += events.length + 1;
        assert.equal(log.lastCommitted, first - 1);
      }),
      { numRuns: 30 },
    );
    await log.close();
  });

  contract('observers are told in the order of appending', async (open) => {
    const log = await open();
    const appender = new Appender();
    for (let event = 0; event < 500; event++) appender.append(log, `event ${event}`);
    assert.deepEqual(appender.committedTags, [], 'nothing is told before append returns');
    await appender.allTold();
    assert.deepEqual(
      appender.committedTags,
      Array.from({ length: 500 }, (_, index) => index + 1),
    );
    await log.close();
  });

  contract('what an observer is told of can be read at once', async (open) => {
    const log = await open();
    const told = Promise.withResolvers<void>();
    log.append(PUMP, '', Buffer.from('a'), NOON, { committed: () => told.resolve(), failed: told.reject }, 1);
    await told.promise;
    assert.equal(log.lastCommitted, 1);
    assert.deepEqual(await payloadsFrom(log), ['a']);
    await log.close();
  });

  contract('the payload is copied', async (open) => {
    const log = await open();
    const payload = Buffer.from('before');
    log.append(PUMP, '', payload, NOON, undefined, 0);
    payload.fill('x');
    await appendAll(log, ['end']);
    assert.deepEqual(await payloadsFrom(log), ['before', 'end']);
    await log.close();
  });

  contract(
    'a page ends at its limit of events, or soon after its limit of bytes, and leads to the next',
    async (open) => {
      const log = await open();
      await appendAll(log, ['11111', '22222', '33333', '44444']);
      const firstTwo = await log.read(1, 2);
      assert.deepEqual([firstTwo.events.map((event) => event.sequence), firstTwo.next], [[1, 2], 3]);
      const sixBytes = await log.read(2, 100, 6);
      assert.deepEqual([sixBytes.events.map((event) => event.sequence), sixBytes.next], [[2, 3], 4]);
      const last = await log.read(4, 100);
      assert.deepEqual([last.events.map((event) => event.sequence), last.next], [[4], 5]);
      assert.deepEqual(await log.read(5, 100), { events: [], next: 5 });
      assert.deepEqual(await log.read(50, 100), { events: [], next: 50 });
      await log.close();
    },
  );

  contract('an event larger than the limit of bytes is still read', async (open) => {
    const log = await open();
    await appendAll(log, ['x'.repeat(200_000), 'y']);
    const page = await log.read(1, 100, 1);
    assert.deepEqual([page.events.length, page.next], [1, 2]);
    await log.close();
  });

  contract('every committed event lies at a place of its own, and no other', async (open) => {
    const log = await open();
    await appendAll(log, ['a', 'b', 'c']);
    const places = await Promise.all([1, 2, 3].map((sequence) => log.locate(sequence)));
    assert.equal(new Set(places.map((place) => `${place?.file} ${place?.offset}`)).size, 3);
    for (const place of places) assert.ok((place?.length ?? 0) > 0);
    assert.equal(await log.locate(4), undefined);
    assert.equal(await log.locate(0), undefined);
    await log.close();
  });

  contract('listeners hear of commits until they are taken away', async (open) => {
    const log = await open();
    const heard: number[] = [];
    const stop = log.onCommitted((lastCommitted) => heard.push(lastCommitted));
    await appendAll(log, ['a', 'b']);
    assert.equal(heard.at(-1), 2);
    const count = heard.length;
    stop();
    await appendAll(log, ['c']);
    assert.equal(heard.length, count);
    await log.close();
  });

  contract('closing commits what waits; after it nothing is taken', async (open) => {
    const log = await open();
    const appender = new Appender();
    appender.append(log, 'a');
    appender.append(log, 'b');
    await log.close();
    assert.deepEqual(appender.committedTags, [1, 2]);
    appender.append(log, 'c');
    assert.deepEqual(
      appender.failures.map(({ tag, error }) => [tag, (error as { code: string }).code]),
      [[3, 'EVENT_LOG_CLOSED']],
    );
    const again = await open();
    assert.deepEqual(await payloadsFrom(again), ['a', 'b']);
    await again.close();
  });

  contract('an event that no record can hold is refused', async (open) => {
    const log = await open();
    const huge = new Uint8Array(2_000_000);
    assert.throws(() => log.append(PUMP, '', huge, NOON, undefined, 0), { code: 'EVENT_TOO_LARGE' });
    await appendAll(log, ['a']);
    assert.equal(log.lastCommitted, 1);
    await log.close();
  });

  contract('with too much in memory the log is saturated until the disk has caught up', async (open) => {
    const log = await open();
    const appender = new Appender();
    assert.equal(log.saturated, false);
    for (let bytes = 0; bytes < SATURATING_BYTES; bytes += 1_024) appender.append(log, new Uint8Array(1_024));
    assert.equal(log.saturated, true);
    await new Promise<void>((resolve) => log.onDrained(resolve));
    assert.equal(log.saturated, false);
    await appender.allTold();
    assert.deepEqual(appender.failures, []);
    await log.close();
  });

  contract('who appends on and on to a saturated log is refused, and what was taken is kept', async (open) => {
    const log = await open();
    const appender = new Appender();
    for (let event = 0; event < 10 * (SATURATING_BYTES / 1_024); event++) appender.append(log, new Uint8Array(1_024));
    assert.ok(appender.failures.length > 0);
    for (const { error } of appender.failures) {
      assert.equal((error as { code: string }).code, 'EVENT_LOG_OVERLOADED');
    }
    await appender.allTold();
    assert.equal(log.lastCommitted, appender.committedTags.length);
    await log.close();
  });
}
