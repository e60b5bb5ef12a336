import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../faults/seededRandom.ts';
import { advisedDelayMs, BACK_OFF, backOffBoundMs, backOffDelayMs } from './backOff.ts';

test('the bound is one second, doubles and stops at 64 seconds', () => {
  const bounds = Array.from({ length: 10 }, (_, attempt) => backOffBoundMs(BACK_OFF, attempt) / 1_000);
  assert.deepEqual(bounds, [1, 2, 4, 8, 16, 32, 64, 64, 64, 64]);
  assert.equal(backOffBoundMs(BACK_OFF, 100_000), 64_000);
});

test('a wait is never negative and never reaches its bound', () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.nat(), (attempt, seed) => {
      const waitMs = backOffDelayMs(BACK_OFF, attempt, seededRandom(seed));
      assert.ok(waitMs >= 0 && waitMs < backOffBoundMs(BACK_OFF, attempt));
    }),
  );
  assert.equal(
    backOffDelayMs(BACK_OFF, 3, (bytes) => bytes.fill(0)),
    0,
  );
  assert.ok(backOffDelayMs(BACK_OFF, 3, (bytes) => bytes.fill(255)) < 8_000);
});

test('what the server advises is waited for, and less than a second more, but no longer than ten minutes', () => {
  assert.equal(
    advisedDelayMs(7, (bytes) => bytes.fill(0)),
    7_000,
  );
  const most = (seconds: number) => advisedDelayMs(seconds, (bytes) => bytes.fill(255));
  assert.ok(most(7) > 7_900 && most(7) < 8_000);
  assert.ok(most(999_999_999) < 601_000);
});

test('the jitter is full: a fleet that fails together comes back evenly spread over the whole bound', () => {
  const random = seededRandom(7);
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let device = 0; device < 10_000; device++) {
    tenths[Math.floor(backOffDelayMs(BACK_OFF, 6, random) / 6_400)]! += 1;
  }
  // A thousand each; five standard deviations of the binomial are 150.
  for (const devices of tenths) assert.ok(Math.abs(devices - 1_000) < 150, `${devices} in one tenth`);
});
