import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DeadBandSettings, type DeadBandState, stepDeadBand } from './deadBand.ts';
import type { Reading } from './reading.ts';

function passed(settings: DeadBandSettings, input: readonly Reading[]): boolean[] {
  let state: DeadBandState | undefined;
  return input.map((reading) => {
    const step = stepDeadBand(settings, state, reading);
    state = step.state;
    if (step.output !== undefined) assert.equal(step.output, reading);
    return step.output !== undefined;
  });
}

function everySecond(values: readonly number[]): Reading[] {
  return values.map((value, index) => ({ atMs: index * 1_000, value }));
}

test('a change of the width of the band passes, a smaller one does not, and small ones add up', () => {
  const input = everySecond([20, 20.4, 20.5, 20.9, 21, 20.6, 20.5]);
  const result = passed({ kind: 'deadBand', delta: 0.5 }, input);
  assert.deepEqual(result, [true, false, true, false, true, false, true]);
});

test('a steady value passes again after the longest silence', () => {
  const result = passed({ kind: 'deadBand', delta: 1, maxSilenceMs: 3_000 }, everySecond([5, 5, 5, 5, 5, 5, 5]));
  assert.deepEqual(result, [true, false, false, true, false, false, true]);
});

test('what the receiver knows last is never further from the truth than the band, nor older than the silence', () => {
  const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 50, noNaN: true }), fc.nat(20_000), (values, delta, maxSilenceMs) => {
      const input = everySecond(values);
      const result = passed({ kind: 'deadBand', delta, maxSilenceMs }, input);
      let known = input[0]!;
      for (const [index, reading] of input.entries()) {
        const differs = Math.abs(reading.value - known.value) >= delta;
        const isOld = reading.atMs - known.atMs >= maxSilenceMs;
        assert.equal(result[index], index === 0 || differs || isOld);
        if (result[index]) known = reading;
      }
    }),
  );
});
