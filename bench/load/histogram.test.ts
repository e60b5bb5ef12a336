import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram } from './histogram.ts';

test('a quantile is at most one step above the time that a sorted list has there', () => {
  const times = fc.array(fc.double({ min: 0, max: 9_999, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.99, 1), (list, share) => {
      const histogram = new Histogram();
      for (const ms of list) histogram.add(ms);
      const exact = list.toSorted((a, b) => a - b)[Math.ceil(share * list.length) - 1] as number;
      const found = histogram.quantile(share);
      assert.ok(found >= exact - 0.001 && found <= exact + 0.011, `${found} for ${exact}`);
    }),
  );
});

test('what was counted before the measured time is forgotten', () => {
  const histogram = new Histogram();
  histogram.add(500);
  histogram.clear();
  assert.equal(histogram.count, 0);
  assert.ok(Number.isNaN(histogram.quantile(0.5)));
  histogram.add(1);
  assert.ok(histogram.quantile(1) < 2);
});

test('an endless wait counts as ten seconds', () => {
  const histogram = new Histogram();
  histogram.add(1_000_000);
  assert.ok(Math.abs(histogram.quantile(1) - 10_000) < 1);
});
