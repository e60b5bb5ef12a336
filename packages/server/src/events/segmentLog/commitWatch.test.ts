import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitWatch } from './commitWatch.ts';

function watched() {
  const clock = new VirtualClock();
  const told: string[] = [];
  const watch = new CommitWatch(clock, (isSlow) => told.push(`${isSlow ? 'slow' : 'quick'} at ${clock.monotonic()}`));
  const commit = (durationMs: number): void => {
    watch.begun();
    clock.advance(durationMs);
    watch.ended();
  };
  return { clock, told, watch, commit };
}

test('quick commits tell nothing, however many', () => {
  const { told, commit } = watched();
  for (let commits = 0; commits < 10; commits++) commit(999);
  assert.deepEqual(told, []);
});

test('a slow commit is told while it lasts, and others after it are not told again', () => {
  const { told, watch, clock, commit } = watched();
  watch.begun();
  clock.advance(1_000);
  assert.deepEqual(told, ['slow at 1000']);
  clock.advance(1_000_000);
  watch.ended();
  commit(2_000);
  assert.deepEqual(told, ['slow at 1000']);
});

test('the disk is quick again when it was not slow for a minute, whether anything is stored or not', () => {
  const { told, clock, commit } = watched();
  commit(2_000);
  clock.advance(30_000);
  commit(2_000);
  clock.advance(30_000);
  commit(10);
  clock.advance(29_989);
  assert.deepEqual(told, ['slow at 1000']);
  clock.advance(1);
  assert.deepEqual(told, ['slow at 1000', 'quick at 94000']);
  commit(1_000);
  assert.equal(told.length, 3);
});

test('nothing is told after the end', () => {
  const { told, clock, watch, commit } = watched();
  commit(2_000);
  watch.close();
  clock.advance(60_000);
  watch.begun();
  watch.close();
  clock.advance(60_000);
  assert.deepEqual(told, ['slow at 1000']);
});
