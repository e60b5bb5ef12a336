import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stepThreshold, type ThresholdSettings, type ThresholdState } from './threshold.ts';

function crossings(settings: ThresholdSettings, values: readonly number[]): (string | undefined)[] {
  let state: ThresholdState | undefined;
  return values.map((value, atMs) => {
    const step = stepThreshold(settings, state, { atMs, value });
    state = step.state;
    return step.output?.threshold;
  });
}

const none: string | undefined = undefined;

test('only crossings pass, and only after the way back of the hysteresis', () => {
  assert.deepEqual(
    crossings({ kind: 'threshold', above: 30, hysteresis: 2 }, [29, 30, 30.1, 40, 29, 28.1, 28, 30, 31]),
    [none, none, 'exceeded', none, none, none, 'cleared', none, 'exceeded'],
  );
});

test('a lower bound is exceeded from above', () => {
  assert.deepEqual(crossings({ kind: 'threshold', below: 3.6, hysteresis: 0.1 }, [3.9, 3.6, 3.5, 3.65, 3.8]), [
    none,
    none,
    'exceeded',
    none,
    'cleared',
  ]);
});

test('a device that starts beyond the bound says so at once', () => {
  assert.deepEqual(crossings({ kind: 'threshold', above: 0, hysteresis: 0 }, [1, 0]), ['exceeded', 'cleared']);
});

test('crossings alternate, and nothing happens between the bound and the end of the hysteresis', () => {
  const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }));
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 5, noNaN: true }), fc.boolean(), (values, hysteresis, isAbove) => {
      const settings: ThresholdSettings = { kind: 'threshold', hysteresis, ...(isAbove ? { above: 1 } : { below: 1 }) };
      const beyond = values.map((value) => (isAbove ? value - 1 : 1 - value));
      let exceeded = false;
      for (const [index, crossing] of crossings(settings, values).entries()) {
        const excess = beyond[index]!;
        if (exceeded) assert.equal(crossing, excess <= -hysteresis ? 'cleared' : none);
        else assert.equal(crossing, excess > 0 ? 'exceeded' : none);
        if (crossing !== none) exceeded = !exceeded;
      }
    }),
  );
});
