import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchStatistics } from './batchStatistics.ts';

const unit = (...steps: readonly (readonly [string, number])[]) => ({
  steps: steps.map(([step, durationMs]) => ({ step, durationMs })),
});

test('steps have their median over the units, and the parts of a step count together', () => {
  const results = [unit(['burn', 1_000], ['flash', 8_000], ['burn', 2_000]), unit(['burn', 1_000], ['flash', 10_000])];
  const { steps } = batchStatistics(results, [], 0, 1);
  assert.deepEqual(steps, [
    { step: 'burn', medianMs: 2_000 },
    { step: 'flash', medianMs: 9_000 },
  ]);
});

test('speed and end follow from what this run has done', () => {
  const { unitsPerHour, remainingMs } = batchStatistics([unit(), unit(), unit(), unit()], [], 10, 120_000);
  assert.deepEqual([unitsPerHour, remainingMs], [120, 300_000]);
  assert.equal(batchStatistics([], [], 10, 120_000).remainingMs, undefined);
});

test('failures are counted by their reason', () => {
  const { failed } = batchStatistics([], ['A', 'B', 'B'], 3, 1);
  assert.deepEqual(failed, [
    { reason: 'B', units: 2 },
    { reason: 'A', units: 1 },
  ]);
});
