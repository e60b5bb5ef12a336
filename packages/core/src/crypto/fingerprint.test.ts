import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFingerprint, parseFingerprint } from './fingerprint.ts';

const digits = '0123456789abcdef'.repeat(4);
const colons = digits.toUpperCase().match(/../g)!.join(':');

test('a fingerprint has one spelling, whoever wrote it', () => {
  assert.equal(formatFingerprint(colons), `sha256:${digits}`);
  for (const text of [digits, colons, `sha256:${digits}`, `SHA256:${colons}`]) {
    assert.equal(parseFingerprint(text), `sha256:${digits}`);
  }
});

for (const text of ['', 'sha256:', digits.slice(1), `${digits}0`, `sha1:${digits}`, digits.replace('a', 'g')]) {
  test(`${JSON.stringify(text)} is no fingerprint`, () => assert.equal(parseFingerprint(text), undefined));
}
