import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomNumericId } from './numericId.ts';

test('every numeric id is a safe integer of 16 digits that starts with 2 or 3', () => {
  const edges = [new Uint8Array(8), new Uint8Array(8).fill(255)];
  for (const random of edges)
    assert.match(String(randomNumericId((bytes) => (bytes.set(random), bytes))), /^[23]\d{15}$/);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (random) => {
      const numericId = randomNumericId((bytes) => {
        bytes.set(random);
        return bytes;
      });
      assert.ok(Number.isSafeInteger(numericId));
      assert.match(String(numericId), /^[23]\d{15}$/);
    }),
  );
});
