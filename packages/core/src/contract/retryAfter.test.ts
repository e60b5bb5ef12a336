import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRetryAfter, readRetryAfterSeconds } from './retryAfter.ts';

test('what a server advises is what a client reads, whatever else is said beside it', () => {
  fc.assert(
    fc.property(
      fc.nat(999_999_999),
      fc.array(fc.tuple(fc.constantFrom('nonce', 'Retry-After', ''), fc.string())),
      (seconds, others) => {
        assert.equal(readRetryAfterSeconds([...others, encodeRetryAfter(seconds)]), seconds);
      },
    ),
  );
});

test('what is no whole number of seconds is no advice', () => {
  for (const text of ['', '-1', '1.5', '1e3', ' 1', '0x10', '9'.repeat(10), 'Mon, 23 Nov 2026 00:00:00 GMT']) {
    assert.equal(readRetryAfterSeconds([['retry-after', text]]), undefined, text);
  }
  assert.equal(readRetryAfterSeconds(undefined), undefined);
});
