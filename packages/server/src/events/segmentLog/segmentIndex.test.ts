import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { SegmentIndex } from './segmentIndex.ts';

const FIRST = { sequence: 100, offset: 28 };
const RECORD_BYTES = 1_000;
const offsetOf = (sequence: number): number => FIRST.offset + (sequence - FIRST.sequence) * RECORD_BYTES;

test('whatever an index has learnt, in whatever order, it knows a true position near any sequence it has passed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 100, max: 5_000 }), { maxLength: 200 }), (sequences) => {
      const index = new SegmentIndex(FIRST);
      for (const sequence of sequences) index.learn(sequence, offsetOf(sequence));
      for (const sequence of sequences) {
        const position = index.atOrBefore(sequence);
        assert.equal(position.offset, offsetOf(position.sequence));
        assert.ok(position.sequence <= sequence);
      }
    }),
  );
});

test('after one pass over a segment no position is further than 64 KiB away', () => {
  const index = new SegmentIndex(FIRST);
  for (let sequence = 100; sequence < 1_000; sequence++) index.learn(sequence, offsetOf(sequence));
  for (let sequence = 100; sequence < 1_000; sequence++) {
    assert.ok(offsetOf(sequence) - index.atOrBefore(sequence).offset <= 65_536);
  }
});

test('before the first sequence lies the first record', () => {
  assert.deepEqual(new SegmentIndex(FIRST).atOrBefore(1), FIRST);
});
