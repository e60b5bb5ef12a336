import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reading } from './reading.ts';
import { stepWindow, type WindowState } from './window.ts';

/** Readings in the order of time, with uneven steps. */
const readings = fc
  .array(fc.record({ stepMs: fc.nat(300), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }), {
    maxLength: 60,
  })
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ stepMs, value }): Reading => ({ atMs: (atMs += stepMs), value }));
  });

function outputsOf(
  durationMs: number,
  input: readonly Reading[],
): { outputs: Reading[]; open: WindowState | undefined } {
  let state: WindowState | undefined;
  const outputs: Reading[] = [];
  for (const reading of input) {
    const step = stepWindow({ kind: 'window', durationMs }, state, reading);
    state = step.state;
    if (step.output !== undefined) outputs.push(step.output);
  }
  return { outputs, open: state };
}

test('a window says minimum, mean, maximum and count of its readings when the next window begins', () => {
  const input = [10, 20, 60].map((value, index): Reading => ({ atMs: index * 10, value }));
  const { outputs } = outputsOf(30, [...input, { atMs: 30, value: 5 }]);
  assert.deepEqual(outputs, [{ atMs: 20, value: 30, window: { min: 10, max: 60, count: 3 } }]);
});

test('every reading is in exactly one window, and the windows are those of a plain grouping by time', () => {
  fc.assert(
    fc.property(readings, fc.integer({ min: 1, max: 500 }), (input, durationMs) => {
      const { outputs, open } = outputsOf(durationMs, input);
      const startMs = input[0]?.atMs ?? 0;
      const groups = Map.groupBy(input, ({ atMs }) => Math.floor((atMs - startMs) / durationMs));
      const expected = [...groups.values()].map((group) => ({
        min: Math.min(...group.map(({ value }) => value)),
        max: Math.max(...group.map(({ value }) => value)),
        count: group.length,
      }));
      const last = open && { min: open.min, max: open.max, count: open.count };
      assert.deepEqual([...outputs.map(({ window }) => window), ...(last ? [last] : [])], expected);
    }),
  );
});

test('a mean is finite, between minimum and maximum, and the mean of what a sensor can say', () => {
  fc.assert(
    fc.property(readings, (input) => {
      const { outputs } = outputsOf(100, input);
      for (const { value, window } of outputs) assert.ok(window && value >= window.min && value <= window.max);
    }),
  );
  const { outputs } = outputsOf(1_000, [
    ...Array.from({ length: 1_000 }, (_, atMs): Reading => ({ atMs, value: 20 + (atMs % 7) / 10 })),
    { atMs: 1_000, value: 0 },
  ]);
  const sum = Array.from({ length: 1_000 }, (_, atMs) => 20 + (atMs % 7) / 10).reduce((a, b) => a + b);
  assert.ok(Math.abs((outputs[0]?.value ?? 0) - sum / 1_000) < 1e-9);
});
