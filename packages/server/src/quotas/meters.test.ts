import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meters } from './meters.ts';

test('each key has a bucket of its own', () => {
  const meters = new Meters<string>(1, 1_000);
  assert.deepEqual([meters.take('a', 1, 0), meters.take('a', 1, 0), meters.take('b', 1, 0)], [true, false, true]);
});

test('those that are as good as new are forgotten, those that are not are remembered', () => {
  const meters = new Meters<number>(1, 1_000);
  for (let key = 0; key < 100_000; key++) meters.take(key, 1, key);
  assert.ok(meters.size <= 4_000, String(meters.size));
  assert.equal(meters.take(99_999, 1, 100_000), false);
});
