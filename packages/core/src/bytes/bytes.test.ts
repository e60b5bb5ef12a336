import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, equalBytes, toHex, utf8Decode, utf8Encode } from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 50 });

test('joined parts hold the bytes of all parts in order', () => {
  fc.assert(
    fc.property(fc.array(bytes), (parts) => {
      assert.equal(toHex(concatBytes(...parts)), Buffer.concat(parts).toString('hex'));
    }),
  );
});

test('equal means same length and same bytes', () => {
  fc.assert(fc.property(bytes, bytes, (a, b) => equalBytes(a, b) === (Buffer.compare(a, b) === 0)));
});

test('text comes back from its UTF-8, and malformed UTF-8 is refused', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => utf8Decode(utf8Encode(text)) === text));
  assert.throws(() => utf8Decode(Uint8Array.of(0xc3)), TypeError);
  assert.equal(utf8Decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});
