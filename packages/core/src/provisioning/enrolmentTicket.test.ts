import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEnrolmentTicket, isEnrolmentTicket } from './enrolmentTicket.ts';

test('a ticket is known by its text, and no shorter, longer or otherwise written one is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const text = formatEnrolmentTicket(bytes);
      assert.ok(isEnrolmentTicket(text));
      for (const other of [text.slice(0, -1), `${text}A`, `${text}==`, text.slice(6), text.toUpperCase(), ` ${text}`]) {
        assert.equal(isEnrolmentTicket(other), false, other);
      }
    }),
  );
});
