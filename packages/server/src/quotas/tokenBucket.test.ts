import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from './tokenBucket.ts';

test('a burst as large as the bucket passes, and then as much as time has brought back', () => {
  const bucket = new TokenBucket(3, 1_000, 0);
  assert.deepEqual(
    [0, 0, 0, 0, 333, 334, 335].map((nowMs) => bucket.take(1, nowMs)),
    [true, true, true, false, false, true, false],
  );
});

test('what is larger than the bucket passes when it is full, and is paid back before the next', () => {
  const bucket = new TokenBucket(10, 1_000, 0);
  assert.equal(bucket.take(25, 0), true);
  assert.equal(bucket.take(1, 1_599), false);
  assert.equal(bucket.take(1, 1_600), true);
  assert.equal(bucket.take(25, 2_000), false);
});

test('whatever is asked when, no more passes than the bucket and what has come back', () => {
  const asked = fc.array(fc.record({ afterMs: fc.nat(500), count: fc.integer({ min: 1, max: 20 }) }));
  fc.assert(
    fc.property(asked, (calls) => {
      const bucket = new TokenBucket(20, 1_000, 0);
      let nowMs = 0;
      let taken = 0;
      for (const { afterMs, count } of calls) {
        nowMs += afterMs;
        if (bucket.take(count, nowMs)) taken += count;
        assert.ok(taken <= 20 + (nowMs * 20) / 1_000 + 1e-6);
      }
      assert.equal(bucket.isFull(nowMs + 1_001), true);
    }),
  );
});
