import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64Decode, base64Encode, base64UrlEncode } from './base64.ts';

test('base64 agrees with Node and comes back, in all four spellings', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(base64Encode(bytes), Buffer.from(bytes).toString('base64'));
      assert.equal(base64UrlEncode(bytes), Buffer.from(bytes).toString('base64url'));
      const unpadded = base64Encode(bytes).replaceAll('=', '');
      const paddedUrl = base64Encode(bytes).replaceAll('+', '-').replaceAll('/', '_');
      for (const text of [base64Encode(bytes), base64UrlEncode(bytes), unpadded, paddedUrl]) {
        assert.deepEqual(base64Decode(text), Uint8Array.from(bytes));
      }
    }),
  );
});

for (const text of ['A', 'AAAAA', 'AA=A', 'AA===', 'A===', 'AAA==', '=', 'AA\n==', 'AB==', 'AAB=', 'ä', '*AAA']) {
  test(`base64 refuses ${JSON.stringify(text)}`, () => assert.equal(base64Decode(text), undefined));
}
