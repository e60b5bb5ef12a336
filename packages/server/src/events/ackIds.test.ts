import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { formatAckId, parseAckId } from './ackIds.ts';

const secret = Uint8Array.from({ length: 16 }, (_, index) => index);

test('every acknowledgement id names its event again', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 16, maxLength: 16 }), (sequence, anySecret) => {
      assert.equal(parseAckId(anySecret, formatAckId(anySecret, sequence)), sequence);
    }),
  );
});

test('an acknowledgement id of another subscription, or one that was changed or made up, is none', () => {
  const ackId = formatAckId(secret, 4711);
  assert.equal(parseAckId(secret, formatAckId(Uint8Array.from(secret).fill(9), 4711)), undefined);
  for (let index = 0; index < ackId.length; index++) {
    const other = ackId[index] === 'A' ? 'B' : 'A';
    assert.equal(parseAckId(secret, ackId.slice(0, index) + other + ackId.slice(index + 1)), undefined, `at ${index}`);
  }
  for (const text of ['', 'a', '!', ackId.slice(4), `${ackId}AAAA`, 'A'.repeat(27)]) {
    assert.equal(parseAckId(secret, text), undefined, text);
  }
});
