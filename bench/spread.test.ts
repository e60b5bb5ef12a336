import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSpread, spreadOf } from './spread.ts';

test('a spread has the middle value, or the middle of the two middle ones, and both ends', () => {
  assert.deepEqual(spreadOf([3, 10, 1]), { median: 3, min: 1, max: 10 });
  assert.deepEqual(spreadOf([4, 1, 2, 10]), { median: 3, min: 1, max: 10 });
  assert.deepEqual(spreadOf([5]), { median: 5, min: 5, max: 5 });
});

test('a spread is shown with its ends, a single value alone', () => {
  assert.equal(formatSpread(spreadOf([1.045, 0.98, 1.1]), 2), '1.04 (0.98 to 1.10)');
  assert.equal(formatSpread(spreadOf([7]), 1), '7.0');
});
