import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Encode } from '@mkiot/core/bytes/base64';
import fc from 'fast-check';
import { printable, printablePayload } from './printable.ts';

test('text is shown as it is, in any language', () => {
  assert.equal(printable('Größe 12 m³ 温度 👍'), 'Größe 12 m³ 温度 👍');
});

test('nothing printable holds a control character', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.doesNotMatch(printablePayload(base64Encode(bytes)), /[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
    }),
  );
});

test('a payload that is no text is shown as base64', () => {
  assert.equal(printablePayload(base64Encode(Uint8Array.of(0xff, 0x00))), 'base64:/wA=');
  assert.equal(printablePayload(''), '');
});
