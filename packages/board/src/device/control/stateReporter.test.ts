import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { StateReporter } from './stateReporter.ts';

interface Bench {
  readonly clock: VirtualClock;
  readonly reporter: StateReporter;
  /** When a state was published, in milliseconds. */
  readonly publishedMs: number[];
  /** A session that stores each state after `latencyMs`. */
  readonly session: (latencyMs?: number, stored?: boolean) => () => void;
}

function bench(): Bench {
  const clock = new VirtualClock();
  const reporter = new StateReporter(clock);
  const publishedMs: number[] = [];
  const session = (latencyMs = 0, stored = true): (() => void) =>
    reporter.attach(() => {
      publishedMs.push(clock.monotonic());
      return new Promise((resolve) => void clock.setTimer(latencyMs, () => resolve(stored)));
    });
  return { clock, reporter, publishedMs, session };
}

test('each session begins with the state, and without a change no other follows', async () => {
  const { clock, publishedMs, session } = bench();
  const end = session();
  await clock.advanceAsync(60_000);
  end();
  session();
  await clock.advanceAsync(60_000);
  assert.deepEqual(publishedMs, [0, 60_000]);
});

test('a flood of changes is one state a second, counted from the acknowledgement, and the last change is reported', async () => {
  const { clock, reporter, publishedMs, session } = bench();
  session(300);
  for (let count = 0; count < 500; count++) {
    reporter.changed();
    await clock.advanceAsync(10);
  }
  await clock.advanceAsync(10_000);
  assert.deepEqual(publishedMs, [0, 1_300, 2_600, 3_900, 5_200]);
});

test('the second counts over sessions too', async () => {
  const { clock, publishedMs, session } = bench();
  session()();
  await clock.advanceAsync(100);
  session()();
  session();
  await clock.advanceAsync(5_000);
  assert.deepEqual(publishedMs, [0, 1_000]);
});

test('a state that was not stored is reported in the next session', async () => {
  const { clock, publishedMs, session } = bench();
  const end = session(0, false);
  end();
  await clock.advanceAsync(2_000);
  assert.deepEqual(publishedMs, [0]);
  session();
  await clock.advanceAsync(2_000);
  assert.deepEqual(publishedMs, [0, 2_000]);
});
