import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChainState, type StageSettings, stepChain } from './chain.ts';
import type { Reading } from './reading.ts';

const stage: fc.Arbitrary<StageSettings> = fc.oneof(
  fc.record({ kind: fc.constant('window' as const), durationMs: fc.integer({ min: 1, max: 10_000 }) }),
  fc.record({ kind: fc.constant('deadBand' as const), delta: fc.double({ min: 0, max: 10, noNaN: true }) }),
  fc.record({
    kind: fc.constant('threshold' as const),
    above: fc.double({ min: -50, max: 50, noNaN: true }),
    hysteresis: fc.double({ min: 0, max: 5, noNaN: true }),
  }),
);
const readings = fc
  .array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 40 })
  .map((values) => values.map((value, index): Reading => ({ atMs: index * 1_000, value })));

function through(chain: readonly StageSettings[], input: readonly Reading[]): Reading[] {
  let states: ChainState = [];
  const outputs: Reading[] = [];
  for (const reading of input) {
    const step = stepChain(chain, states, reading);
    states = step.state;
    if (step.output !== undefined) outputs.push(step.output);
  }
  return outputs;
}

test('an empty chain passes everything as it is', () => {
  fc.assert(fc.property(readings, (input) => assert.deepEqual(through([], input), input)));
});

test('a chain does what its stages do one behind the other', () => {
  fc.assert(
    fc.property(fc.array(stage, { maxLength: 4 }), readings, (chain, input) => {
      const oneByOne = chain.reduce((passed: readonly Reading[], settings) => through([settings], passed), input);
      assert.deepEqual(through(chain, input), oneByOne);
    }),
  );
});

test('a step changes neither the state it was given nor the reading', () => {
  fc.assert(
    fc.property(fc.array(stage, { maxLength: 4 }), readings, (chain, input) => {
      let states: ChainState = [];
      for (const reading of input) {
        const before = JSON.stringify([states, reading]);
        const first = stepChain(chain, states, reading);
        assert.equal(JSON.stringify([states, reading]), before);
        assert.deepEqual(stepChain(chain, states, reading), first);
        states = first.state;
      }
    }),
  );
});
