import assert from 'node:assert/strict';
import { test } from 'node:test';
import { returnSeconds } from './returnAdvice.ts';

test('a herd of ten thousand comes back over twenty seconds, no second busier than another', () => {
  const herd = Array.from({ length: 10_000 }, (_, position) => returnSeconds(position));
  const seconds = Map.groupBy(herd, (second) => second);
  assert.deepEqual(
    [...seconds.keys()],
    Array.from({ length: 20 }, (_, index) => 3 + index),
  );
  assert.deepEqual(new Set([...seconds.values()].map(({ length }) => length)), new Set([500]));
});

test('a handful comes back at once, when the platform is there again', () => {
  assert.deepEqual([0, 1, 2].map(returnSeconds), [3, 3, 3]);
});
